namespace Rushes.Catalog;

/// <summary>The kinds of models, by input and output.</summary>
public enum ModelKind
{
    TextToVideo,
    ImageToVideo,
    SoundToVideo,

    /// <summary>Adds sound to a clip.</summary>
    Foley,

    /// <summary>Makes a video that follows a clip.</summary>
    VideoToVideo,

    /// <summary>Continues a clip.</summary>
    VideoExtend,

    /// <summary>Makes a clip larger and sharper.</summary>
    Upscale,
}

public static class ModelKindNames
{
    extension(ModelKind kind)
    {
        /// <summary>The name in the catalog and the APIs.</summary>
        public string Name => kind switch
        {
            ModelKind.TextToVideo => "text-to-video",
            ModelKind.ImageToVideo => "image-to-video",
            ModelKind.SoundToVideo => "sound-to-video",
            ModelKind.VideoToVideo => "video-to-video",
            ModelKind.VideoExtend => "video-extend",
            ModelKind.Upscale => "upscale",
            _ => "foley",
        };

        /// <summary>What models of this kind do, as a sentence.</summary>
        public string Purpose => kind switch
        {
            ModelKind.TextToVideo => "Make a video from text.",
            ModelKind.ImageToVideo => "Make a video from an image.",
            ModelKind.SoundToVideo => "Make a talking or singing video from a portrait and an audio recording.",
            ModelKind.VideoToVideo => "Make a video that follows a clip.",
            ModelKind.VideoExtend => "Continue a clip.",
            ModelKind.Upscale => "Make a clip larger and sharper.",
            _ => "Add sounds to a clip.",
        };

        /// <summary>Whether the main input is always a clip.</summary>
        public bool NeedsClip => kind is ModelKind.VideoToVideo or ModelKind.VideoExtend or ModelKind.Upscale;
    }
}

/// <summary>A model id that clients call. Models of one family differ only in tier.</summary>
/// <param name="Aliases">Other ids of the same model.</param>
/// <param name="Limits">The model's own time limits; the family supplies the others.</param>
public sealed record Model(string Id, IReadOnlyList<string> Aliases, Tier Tier, Family Family, TimeLimits? Limits = null)
{
    public ModelKind Kind => Family.Kind;

    public string Lane => Family.Lane;

    /// <summary>The time limits of a run with this height.</summary>
    public RunTimeLimit LimitFor(int resolution) => (Limits ?? new()).Over(Family.Limits).For(resolution);
}

/// <summary>A model in another API: its id there and its fields.</summary>
public sealed record Listing(string Dialect, string Id, Model Model, IReadOnlyList<Parameter> Parameters);

/// <param name="Rank">Higher first; tiers may share a rank.</param>
public sealed record Tier(string Name, int Rank);

/// <summary>The common properties of a family's models; they differ only in tier.</summary>
public sealed record Family
{
    /// <summary>The request field that decides whether the video has sound.</summary>
    public const string SoundField = "generate_audio";

    /// <summary>The name that engines use, such as <c>wan22-fast-t2v</c>.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required ModelKind Kind { get; init; }

    /// <summary>Its queue: families that share workers share a lane.</summary>
    public required string Lane { get; init; }

    /// <summary>The licence of the model's files, for people; null if the catalog has none.</summary>
    public string? Licence { get; init; }

    /// <summary>What users of the model should know, such as where its licence does not apply.</summary>
    public string? Note { get; init; }

    /// <summary>The numbers of frames that the model renders.</summary>
    public FrameRule Frames { get; init; } = FrameRule.Default;

    /// <summary>The sides of rendered frames are multiples of this, in pixels.</summary>
    public int SideStep { get; init; } = 16;

    /// <summary>Whether the model makes sound together with the picture.</summary>
    public bool Sound { get; init; }

    /// <summary>The LoRAs that requests may name, by name.</summary>
    public IReadOnlyDictionary<string, Lora> Loras { get; init; } = new Dictionary<string, Lora>();

    /// <summary>
    /// The model that makes results larger after <c>new_resolution</c>, where a worker has it; null: ffmpeg always does.
    /// </summary>
    public Upscaler? Upscaler { get; init; }

    /// <summary>Frames per second of the rendered video, 1 to 60.</summary>
    public int FramesPerSecond { get; init; } = 16;

    /// <summary>All validated fields; other fields are passed on unchanged.</summary>
    public required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>Sizes of text to video, such as <c>832x480</c>; the first is the default.</summary>
    public IReadOnlyList<Size> Sizes { get; init; } = [];

    /// <summary>Heights that an input image is scaled to, ascending; the first is the default.</summary>
    public IReadOnlyList<int> Heights { get; init; } = [];

    /// <summary>
    /// Maximum length in seconds by resolution, such as 480: 7, 720: 5. A size has the resolution nearest to its shorter
    /// side.
    /// </summary>
    public required IReadOnlyDictionary<int, double> MaxSeconds { get; init; }

    /// <summary>Run time in seconds of a five-second video by resolution, used until runs have completed.</summary>
    public required IReadOnlyDictionary<int, double> RunSeconds { get; init; }

    /// <summary>
    /// Price of each started five seconds of rendered frames by resolution, in millionths of the currency unit.
    /// </summary>
    public required IReadOnlyDictionary<int, long> Price { get; init; }

    /// <summary>
    /// How much one interpolated frame between two rendered ones multiplies the price, 1 to 100; each further one adds as
    /// much.
    /// </summary>
    public decimal InterpolationFactor { get; init; } = 1;

    /// <summary>How much <c>higher_quality_with_more_steps</c> multiplies the price, 1 to 100.</summary>
    public decimal HigherQualityFactor { get; init; } = 1;

    /// <summary>
    /// The number of <c>num_inference_steps</c> that price and run time are for; more multiply both, fewer only the run time.
    /// Null: the number affects neither.
    /// </summary>
    public int? IncludedSteps { get; init; }

    /// <summary>How many times longer a run takes with <c>higher_quality_with_more_steps</c>, 1 to 100.</summary>
    public double HigherQualityTimes { get; init; } = 3;

    /// <summary>Time limits of runs; the engine supplies the missing ones.</summary>
    public TimeLimits Limits { get; init; } = new();

    /// <summary>The resolution nearest to this height.</summary>
    public int HeightClass(int resolution) => RunSeconds.Keys.MinBy(height => Math.Abs(height - resolution));
}

public readonly record struct Size(int Width, int Height)
{
    public int Shorter => Math.Min(Width, Height);

    public override string ToString() => $"{Width}x{Height}";

    public static Size? Parse(string text)
    {
        var cross = text.IndexOf('x', StringComparison.Ordinal);
        return cross > 0
            && int.TryParse(text.AsSpan(0, cross), out var width)
            && int.TryParse(text.AsSpan(cross + 1), out var height)
            && width > 0 && height > 0
            ? new Size(width, height)
            : null;
    }
}
