using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Engines.Process;

/// <summary>What a model can render: the nearest to the plan. The final encode cuts the rest.</summary>
internal sealed record RenderRules
{
    private const int MaxPasses = 5;

    private const RegexOptions Commands = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase;

    /// <summary>The model's own frame rate; null for the plan's.</summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>Frames are this times n, plus 1. 1 for any number.</summary>
    public int FramesMultiple { get; init; } = 1;

    /// <summary>Sides are multiples of this.</summary>
    public int SidesMultiple { get; init; } = 2;

    /// <summary>The allowed sizes, as the program spells them; empty: all.</summary>
    public IReadOnlyList<string> Sizes { get; init; } = [];

    public int? Steps { get; init; }

    /// <summary>Steps with <c>higher_quality_with_more_steps</c>; null for the same number.</summary>
    public int? HigherQualitySteps { get; init; }

    /// <summary>The maximum of <c>num_inference_steps</c>; null if the model's steps are fixed.</summary>
    [JsonPropertyName("mostSteps")]
    public int? MaxSteps { get; init; }

    /// <summary>Frames per clip, for programs that count clips.</summary>
    public int ClipFrames { get; init; } = 80;

    /// <summary>Seeds must be lower than this; larger ones wrap around. Null: no limit.</summary>
    public long? SeedBelow { get; init; }

    /// <summary>Removed from prompts, because a program may interpret it as a command.</summary>
    public IReadOnlyList<string> Strip { get; init; } = [];

    /// <summary>Texts that are added to the prompt if a flag of the request is set, by the flag's field.</summary>
    public IReadOnlyDictionary<string, string> Append { get; init; } = new Dictionary<string, string>();

    /// <summary>What is invalid, and in which field of the rules; null if nothing is. Patterns are not checked.</summary>
    public (string Reason, string[] Field)? Problem()
    {
        if (FramesMultiple is < 1 or > 64 || SidesMultiple is < 1 or > 256 || ClipFrames < 1
            || Steps is < 1 or > 1000 || HigherQualitySteps is < 1 or > 1000 || MaxSteps is < 1 or > 1000
            || SeedBelow < 2 || FramesPerSecond is <= 0 or > 120)
            return (
                "a number is out of range: framesMultiple 1 to 64, sidesMultiple 1 to 256, steps and mostSteps 1 to 1000, "
                    + "framesPerSecond up to 120, seedBelow 2 or more",
                []);
        return Sizes.FirstOrDefault(size => SizeIn(size) is null) is { } odd
            ? ($"\"{odd}\" is not a size such as 832*480", ["sizes"])
            : null;
    }

    public string PromptOf(JobInput input) => Clean(PromptText.Of(input, Append));

    public int ClipsOf(VideoFormat rendered) => (rendered.Frames + ClipFrames - 1) / ClipFrames;

    public VideoFormat Format(VideoFormat planned)
    {
        var rate = FramesPerSecond ?? planned.Rate;
        var frames = FramesPerSecond is null ? planned.Frames : (int)Math.Ceiling(planned.Seconds * rate - 1e-6);
        return new VideoFormat(Up(planned.Width), Up(planned.Height), Up(frames - 1, FramesMultiple) + 1, rate);
    }

    /// <summary>The listed size nearest in shape and area; empty if none is listed.</summary>
    public string SizeOf(VideoFormat rendered) => Sizes.MinBy(text =>
    {
        var size = SizeIn(text)!.Value;
        return 2 * Math.Abs(Math.Log((double)size.Width / size.Height * rendered.Height / rendered.Width))
            + Math.Abs(Math.Log((double)size.Width * size.Height / ((double)rendered.Width * rendered.Height)));
    }) ?? "";

    /// <summary>Parses <c>832*480</c> or <c>832x480</c>; null if it is not a size.</summary>
    public static Size? SizeIn(string text) => Size.Parse(text.Replace('*', 'x'));

    /// <param name="places">Placeholders whose values the model gets.</param>
    /// <param name="without">Fields that it gets without effect.</param>
    public FieldEffect EffectOf(string field, IReadOnlySet<string> places, IReadOnlyList<string> without)
    {
        var takes = field switch
        {
            EngineFields.MoreSteps => places.Contains("steps") && HigherQualitySteps is { } more && more != Steps,
            EngineFields.Steps => (places.Contains("steps") && MaxSteps is not null)
                || places.Contains($"number:{EngineFields.Steps}"),
            _ => Append.ContainsKey(field)
                || places.Overlaps([field, $"file:{field}", $"input:{field}", $"number:{field}"]),
        };
        return takes && !without.Contains(field) ? FieldEffect.Full : FieldEffect.None;
    }

    public int? StepsOf(JobInput input) =>
        MaxSteps is { } most && input.Number(EngineFields.Steps) is { } asked ? (int)Math.Clamp(asked, 1, most)
        : input.HigherQuality ? HigherQualitySteps ?? Steps
        : Steps;

    public long SeedOf(JobInput input) => SeedBelow is { } bound ? Math.Max(0, input.Seed) % bound : input.Seed;

    /// <summary>
    /// A prompt without commands. Removal is repeated, because the rest may form a command again. A text that still has one after
    /// a few times was written to hide it, and ends before it: each removal reads the whole text, which may have a megabyte.
    /// </summary>
    public string Clean(string prompt)
    {
        // Arguments cannot contain NUL.
        var clean = prompt.Replace("\0", "", StringComparison.Ordinal);
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            var before = clean;
            foreach (var pattern in Strip) clean = Regex.Replace(clean, pattern, "", Commands);
            if (clean == before) return clean;
        }
        if (FirstCommand(clean) is { } start) clean = clean[..start];
        return FirstCommand(clean) is null ? clean : "";
    }

    private int? FirstCommand(string text) => Strip.Select(pattern => Regex.Match(text, pattern, Commands))
        .Where(match => match.Success).Select(match => (int?)match.Index).Min();

    private int Up(int side) => Up(side, SidesMultiple);

    private static int Up(int number, int multiple) => (number + multiple - 1) / multiple * multiple;
}
