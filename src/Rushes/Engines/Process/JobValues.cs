using System.Globalization;
using System.Text.Json;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Engines.Process;

/// <summary>The values of a template's placeholders for one job.</summary>
internal sealed class JobValues(
    EngineJob job, RenderRules rules, VideoFormat rendered, IReadOnlyDictionary<string, string> files, string scratch,
    string output, string? gpu)
{
    private const double MaxNumber = 1_000_000;

    /// <summary>With the GPU of the run.</summary>
    public JobValues On(string? taken) => new(job, rules, rendered, files, scratch, output, taken);

    /// <summary>Empty if the job has no value; null for an unknown placeholder.</summary>
    public string? Find(string place) => place switch
    {
        "prompt" => rules.PromptOf(job.Input),
        "negative_prompt" => rules.Clean(job.Input.NegativePrompt),
        "seed" => Text(rules.SeedOf(job.Input)),
        "width" => Text(rendered.Width),
        "height" => Text(rendered.Height),
        "frames" => Text(rendered.Frames),
        "fps" => Ffmpeg.Number(rendered.Rate),
        "seconds" => Ffmpeg.Number(rendered.Seconds),
        "steps" => rules.StepsOf(job.Input) is { } steps ? Text(steps) : "",
        "clips" => Text(rules.ClipsOf(rendered)),
        "size" => rules.SizeOf(rendered),
        "area" => Text((long)rendered.Width * rendered.Height),
        "output" => new Folder(scratch).Below(output),
        "job" => scratch,
        "gpu" => gpu ?? "",
        _ when place.StartsWith("file:", StringComparison.Ordinal) => files.GetValueOrDefault(place[5..], ""),
        _ when place.StartsWith("input:", StringComparison.Ordinal) => Field(place[6..]),
        _ when place.StartsWith("number:", StringComparison.Ordinal) => Number(place[7..].Split('=')),
        _ => null,
    };

    /// <summary>Fields without validation may contain anything; programs get only valid numbers.</summary>
    /// <param name="place">The field's name and, optionally, a default.</param>
    private string Number(string[] place) =>
        job.Input.Number(place[0]) is { } number && Math.Abs(number) <= MaxNumber
            ? number.ToString("0.######", CultureInfo.InvariantCulture)
            : place.ElementAtOrDefault(1) ?? "";

    private string Field(string name) =>
        job.Input.Text(name) is { } text ? rules.Clean(text)
        : job.Input.All.TryGetProperty(name, out var value)
            && value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
            ? value.GetRawText()
            : "";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
