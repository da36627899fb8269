using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Catalog;

/// <summary>A catalog file as JSON. All parts are optional, because files extend each other.</summary>
internal sealed record CatalogFile
{
    public CatalogLimits? Limits { get; init; }

    public Dictionary<string, int> Tiers { get; init; } = [];

    public Dictionary<string, string> Lanes { get; init; } = [];

    public Dictionary<string, ParameterEntry> Parameters { get; init; } = [];

    /// <summary>Null disables a family of a file below this one.</summary>
    public Dictionary<string, FamilyEntry?> Families { get; init; } = [];

    public Dictionary<string, LoraEntry> Loras { get; init; } = [];

    public Dictionary<string, Plan> Plans { get; init; } = [];

    /// <summary>
    /// By dialect, then by the id in that dialect, see also <see cref="ListingEntry.EveryModel"/>; null removes a listing of the
    /// file that this one extends.
    /// </summary>
    public Dictionary<string, Dictionary<string, ListingEntry?>> Listings { get; init; } = [];
}

internal sealed record ListingEntry
{
    /// <summary>The id of an entry that lists every model under its own id, with its family's fields and these.</summary>
    public const string EveryModel = "*";

    /// <summary>Required, except with <see cref="EveryModel"/>.</summary>
    public string? Model { get; init; }

    public required Dictionary<string, ParameterEntry> Parameters { get; init; }
}

internal sealed record FamilyEntry
{
    /// <summary>
    /// Another family of this file or of the one it extends; supplies the properties that this entry leaves out.
    /// </summary>
    public string? Like { get; init; }

    public string? Title { get; init; }

    public ModelKind? Kind { get; init; }

    public string? Lane { get; init; }

    public string? Licence { get; init; }

    public string? Note { get; init; }

    public int? FramesPerSecond { get; init; }

    /// <summary>Such as <c>8n+1</c>.</summary>
    public string? Frames { get; init; }

    public int? SideStep { get; init; }

    public bool? Sound { get; init; }

    public double? HigherQualityTimes { get; init; }

    public Dictionary<string, ModelEntry>? Models { get; init; }

    public List<string>? Sizes { get; init; }

    public List<int>? Heights { get; init; }

    public Dictionary<int, double>? MaxSeconds { get; init; }

    public Dictionary<int, double>? RunSeconds { get; init; }

    public Dictionary<int, decimal>? Price { get; init; }

    public string? Upscaler { get; init; }

    public Dictionary<int, decimal>? UpscalePrice { get; init; }

    public decimal? InterpolationFactor { get; init; }

    public decimal? HigherQualityFactor { get; init; }

    public int? IncludedSteps { get; init; }

    public LimitsEntry? TimeLimits { get; init; }

    public Dictionary<string, ParameterEntry>? Parameters { get; init; }

    public FamilyEntry Over(FamilyEntry below) => below with
    {
        Like = null,
        Title = Title ?? below.Title,
        Kind = Kind ?? below.Kind,
        Lane = Lane ?? below.Lane,
        Licence = Licence ?? below.Licence,
        Note = Note ?? below.Note,
        FramesPerSecond = FramesPerSecond ?? below.FramesPerSecond,
        Frames = Frames ?? below.Frames,
        SideStep = SideStep ?? below.SideStep,
        Sound = Sound ?? below.Sound,
        HigherQualityTimes = HigherQualityTimes ?? below.HigherQualityTimes,
        Models = Models,
        Sizes = Sizes ?? below.Sizes,
        Heights = Heights ?? below.Heights,
        MaxSeconds = MaxSeconds ?? below.MaxSeconds,
        RunSeconds = RunSeconds ?? below.RunSeconds,
        Price = Price ?? below.Price,
        Upscaler = Upscaler ?? below.Upscaler,
        UpscalePrice = UpscalePrice ?? below.UpscalePrice,
        InterpolationFactor = InterpolationFactor ?? below.InterpolationFactor,
        HigherQualityFactor = HigherQualityFactor ?? below.HigherQualityFactor,
        IncludedSteps = IncludedSteps ?? below.IncludedSteps,
        TimeLimits = TimeLimits ?? below.TimeLimits,
        Parameters = Parameters ?? below.Parameters,
    };
}

internal sealed record LoraEntry
{
    public required List<string> Families { get; init; }

    public required List<string> Files { get; init; }

    public string? Title { get; init; }

    public double MinStrength { get; init; }

    public double MaxStrength { get; init; } = 1;

    public double? DefaultStrength { get; init; }

    public decimal PriceFactor { get; init; } = 1;
}

internal sealed record ModelEntry
{
    public required string Tier { get; init; }

    public List<string> Aliases { get; init; } = [];

    public LimitsEntry? TimeLimits { get; init; }
}

/// <summary>Seconds.</summary>
internal sealed record LimitsEntry
{
    public double? Start { get; init; }

    public double? Idle { get; init; }

    public Dictionary<int, double>? Total { get; init; }
}

internal sealed record ParameterEntry
{
    public static ParameterEntry Of(Parameter parameter) => new()
    {
        As = parameter.As,
        Type = parameter.Type,
        Required = parameter.Required,
        Min = parameter.Min,
        Max = parameter.Max,
        Step = parameter.Step,
        MaxLength = parameter.MaxLength,
        Options = parameter.Options?.ToList(),
        Media = [.. parameter.Media],
        Default = parameter.Default,
        Help = parameter.Help,
    };

    public string? As { get; init; }

    public ParameterType? Type { get; init; }

    public bool? Required { get; init; }

    public double? Min { get; init; }

    public double? Max { get; init; }

    public double? Step { get; init; }

    public int? MaxLength { get; init; }

    public List<string>? Options { get; init; }

    public List<MediaKind>? Media { get; init; }

    public JsonElement? Default { get; init; }

    public string? Help { get; init; }

    public ParameterEntry Over(ParameterEntry? below) => below is null ? this : new ParameterEntry
    {
        As = As ?? below.As,
        Type = Type ?? below.Type,
        Required = Required ?? below.Required,
        Min = Min ?? below.Min,
        Max = Max ?? below.Max,
        Step = Step ?? below.Step,
        MaxLength = MaxLength ?? below.MaxLength,
        Options = Options ?? below.Options,
        Media = Media ?? below.Media,
        Default = Default ?? below.Default,
        Help = Help ?? below.Help,
    };
}

internal static class CatalogJson
{
    /// <summary>By reflection, because generated code ignores the defaults of init-only properties.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };
}
