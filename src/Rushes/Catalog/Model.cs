namespace Rushes.Catalog;

/// <summary>What goes in and what comes out.</summary>
public enum ModelKind
{
    TextToVideo,
    ImageToVideo,
    SoundToVideo,

    /// <summary>Adds sound to a clip.</summary>
    Foley,
}

public static class ModelKindNames
{
    extension(ModelKind kind)
    {
        /// <summary>As clients and the catalog's file write it.</summary>
        public string Name => kind switch
        {
            ModelKind.TextToVideo => "text-to-video",
            ModelKind.ImageToVideo => "image-to-video",
            ModelKind.SoundToVideo => "sound-to-video",
            _ => "foley",
        };
    }
}

/// <summary>One id that clients call. Ids of one family differ in tier only.</summary>
/// <param name="Aliases">Other spellings of the same id: same family, same tier.</param>
/// <param name="Limits">Those of its own; what they leave open its family says.</param>
public sealed record Model(string Id, IReadOnlyList<string> Aliases, Tier Tier, Family Family, TimeLimits? Limits = null)
{
    public ModelKind Kind => Family.Kind;

    public string Lane => Family.Lane;

    /// <summary>How long a run may take that draws so many lines.</summary>
    public RunTimeLimit LimitFor(int lines) => (Limits ?? new()).Over(Family.Limits).For(lines);
}

/// <summary>A model as one dialect's clients ask for it: by this id, with these fields.</summary>
public sealed record Listing(string Dialect, string Id, Model Model, IReadOnlyList<Parameter> Parameters);

/// <param name="Rank">Bigger goes first; tiers may share a rank.</param>
public sealed record Tier(string Name, int Rank);

/// <summary>What models of one family have in common: everything but the tier.</summary>
public sealed record Family
{
    /// <summary>The name engines know it by, such as <c>wan22-fast-t2v</c>.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required ModelKind Kind { get; init; }

    /// <summary>The queue it waits in: families that share workers share a lane.</summary>
    public required string Lane { get; init; }

    /// <summary>Frames a second of what the engine draws, 1 to 60.</summary>
    public int FramesPerSecond { get; init; } = 16;

    /// <summary>Every field that is checked; fields not named here pass through untouched.</summary>
    public required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>Sizes that text to video draws, as <c>832x480</c>; the first is the default.</summary>
    public IReadOnlyList<Size> Sizes { get; init; } = [];

    /// <summary>Heights that a given picture is brought to, ascending; the first is the default.</summary>
    public IReadOnlyList<int> Heights { get; init; } = [];

    /// <summary>
    /// Longest video in seconds by height class, such as 480: 7, 720: 5. A size belongs to the class nearest its shorter
    /// side.
    /// </summary>
    public required IReadOnlyDictionary<int, double> MaxSeconds { get; init; }

    /// <summary>Run time in seconds of a five-second video by height class, until real runs were seen.</summary>
    public required IReadOnlyDictionary<int, double> RunSeconds { get; init; }

    /// <summary>
    /// Price of each started five seconds of drawn frames by height class, in millionths of the currency's unit.
    /// </summary>
    public required IReadOnlyDictionary<int, long> Price { get; init; }

    /// <summary>
    /// By how much one interpolated frame between each two drawn ones multiplies the price, 1 to 100; each further one adds
    /// as much.
    /// </summary>
    public decimal InterpolationFactor { get; init; } = 1;

    /// <summary>How many times longer a run takes with <c>higher_quality_with_more_steps</c>, 1 to 100.</summary>
    public double HigherQualityTimes { get; init; } = 3;

    /// <summary>How long runs may take; what is left open the engine says.</summary>
    public TimeLimits Limits { get; init; } = new();

    /// <summary>The class nearest this many lines.</summary>
    public int HeightClass(int lines) => RunSeconds.Keys.MinBy(height => Math.Abs(height - lines));
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
