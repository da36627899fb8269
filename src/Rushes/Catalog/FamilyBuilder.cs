namespace Rushes.Catalog;

/// <summary>Validates a family's entry and creates the <see cref="Family"/>.</summary>
internal sealed class FamilyBuilder(
    CatalogSource source, string name, IReadOnlyDictionary<string, ParameterEntry> shared,
    IReadOnlyDictionary<string, string> lanes)
{
    private readonly ParameterBuilder parameters = new(
        shared, (reason, field) => source.Error(reason, "families", name, "parameters", field));

    public Family Build(FamilyEntry entry)
    {
        var kind = entry.Kind ?? throw Missing("kind");
        var lane = entry.Lane ?? throw Missing("lane");
        if (!lanes.ContainsKey(lane)) throw Error($"lane \"{lane}\" is not one of {string.Join(", ", lanes.Keys)}", "lane");
        if (entry.Models is not { Count: > 0 }) throw Missing("models");

        return new Family
        {
            Name = name,
            Title = entry.Title ?? name,
            Kind = kind,
            Lane = lane,
            Licence = entry.Licence,
            Note = entry.Note,
            Frames = entry.Frames is null ? FrameRule.Default : FrameRule.Parse(entry.Frames)
                ?? throw Error($"\"{entry.Frames}\" is not a rule such as 4n+1 or 17n+5", "frames"),
            SideStep = Within(entry.SideStep ?? 16, 2, 128, "sideStep"),
            Sound = Sound(kind, entry),
            FramesPerSecond = Within(entry.FramesPerSecond ?? 16, 1, 60, "framesPerSecond"),
            HigherQualityTimes = Within(entry.HigherQualityTimes ?? 3, 1, 100, "higherQualityTimes"),
            Sizes = Sizes(kind, entry),
            Heights = Heights(kind, entry),
            MaxSeconds = ByClass(entry.MaxSeconds, "maxSeconds", seconds => seconds > 0),
            RunSeconds = ByClass(entry.RunSeconds, "runSeconds", seconds => seconds > 0),
            Price = Prices(entry.Price, "price"),
            Upscaler = UpscalerOf(kind, entry),
            InterpolationFactor = Within(entry.InterpolationFactor ?? 1, 1, 100, "interpolationFactor"),
            HigherQualityFactor = Within(entry.HigherQualityFactor ?? 1, 1, 100, "higherQualityFactor"),
            IncludedSteps = entry.IncludedSteps is { } steps ? Within(steps, 1, 1000, "includedSteps") : null,
            Limits = Limits(entry.TimeLimits, "timeLimits"),
            Parameters = (entry.Parameters ?? throw Missing("parameters")).Select(
                pair => parameters.Build(pair.Key, pair.Value)).ToArray(),
        };
    }

    /// <summary>Foley keeps the picture of its clip, and an upscaler needs no other after it.</summary>
    private Upscaler? UpscalerOf(ModelKind kind, FamilyEntry entry)
    {
        if (entry.Upscaler is null && entry.UpscalePrice is not null)
            throw Error("\"upscalePrice\" needs \"upscaler\"", "upscalePrice");
        if (entry.Upscaler is null or Upscaler.None) return null;
        return kind is ModelKind.Foley or ModelKind.Upscale
            ? throw Error($"\"upscaler\" is not for {kind.Name}", "upscaler")
            : new Upscaler(entry.Upscaler, Prices(entry.UpscalePrice, "upscalePrice"));
    }

    private IReadOnlyDictionary<int, long> Prices(Dictionary<int, decimal>? prices, string field) => prices is null
        ? new Dictionary<int, long>()
        : ByClass(prices, field, price => price >= 0).ToDictionary(pair => pair.Key, pair => (long)(pair.Value * 1_000_000));

    /// <summary>Models whose sound comes from the request are not marked: their videos always have it.</summary>
    private bool Sound(ModelKind kind, FamilyEntry entry)
    {
        var sound = entry.Sound ?? false;
        if (sound && kind is ModelKind.SoundToVideo or ModelKind.Foley)
            throw Error($"\"sound\" is not for {kind.Name}, whose videos always have sound", "sound");
        if (!sound && entry.Parameters?.ContainsKey(Family.SoundField) == true)
            throw Error($"{Family.SoundField} is only for families with \"sound\": true", "parameters", Family.SoundField);
        return sound;
    }

    /// <param name="path">Their path in the family.</param>
    public TimeLimits Limits(LimitsEntry? entry, params string[] path)
    {
        if (entry is null) return new TimeLimits();
        foreach (var (field, value) in new[] { ("start", entry.Start), ("idle", entry.Idle) })
            if (value is <= 0) throw Error($"{value} is too small", [.. path, field]);
        foreach (var (height, value) in entry.Total ?? [])
            if (value <= 0) throw Error($"{value} is too small", [.. path, "total", height.ToString()]);
        return new TimeLimits { Start = entry.Start, Idle = entry.Idle, Total = entry.Total };
    }

    private IReadOnlyList<Size> Sizes(ModelKind kind, FamilyEntry entry)
    {
        if (kind != ModelKind.TextToVideo) return [];
        if (entry.Sizes is not { Count: > 0 }) throw Missing("sizes");
        return [.. entry.Sizes.Select(text => Size.Parse(text) is { } size
                && int.IsEvenInteger(size.Width) && int.IsEvenInteger(size.Height)
            ? size
            : throw Error($"\"{text}\" is not a size of even sides such as 832x480", "sizes"))];
    }

    private IReadOnlyList<int> Heights(ModelKind kind, FamilyEntry entry)
    {
        if (kind is ModelKind.TextToVideo or ModelKind.Upscale) return [];
        if (entry.Heights is not { Count: > 0 }) throw Missing("heights");
        if (!entry.Heights.Order().SequenceEqual(entry.Heights)
            || entry.Heights.Exists(height => height < 16 || !int.IsEvenInteger(height)))
            throw Error("heights must be even numbers from 16, the smallest first", "heights");
        return entry.Heights;
    }

    private IReadOnlyDictionary<int, T> ByClass<T>(Dictionary<int, T>? values, string field, Func<T, bool> legal)
    {
        if (values is not { Count: > 0 }) throw Missing(field);
        foreach (var (height, value) in values)
            if (!legal(value)) throw Error($"{value} is too small", field, height.ToString());
        return values;
    }

    private T Within<T>(T value, T min, T max, string field) where T : IComparable<T> =>
        value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0 ? value : throw Error($"{value} is not in {min} to {max}", field);

    private CatalogException Missing(string field) => Error($"\"{field}\" is missing");

    private CatalogException Error(string reason, params ReadOnlySpan<string> path) =>
        source.Error(reason, ["families", name, .. path]);
}
