namespace Rushes.Catalog;

public enum ParameterType
{
    String,
    Integer,
    Number,
    Boolean,

    /// <summary>A picture, sound or clip: base64, a data URI or a URL.</summary>
    Media,
}

/// <summary>What a file's bytes are; a media parameter lists the kinds it takes.</summary>
public enum MediaKind
{
    Picture,
    Sound,
    Clip,
}

/// <summary>A field of a request: its type, range and default. The only place where ranges live.</summary>
public sealed record Parameter
{
    public required string Name { get; init; }

    public required ParameterType Type { get; init; }

    public bool Required { get; init; }

    public double? Min { get; init; }

    public double? Max { get; init; }

    /// <summary>Values are Min plus a whole number of steps.</summary>
    public double? Step { get; init; }

    /// <summary>Longest string in Unicode characters.</summary>
    public int? MaxLength { get; init; }

    /// <summary>The only values allowed.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>Kinds of media taken.</summary>
    public IReadOnlyList<MediaKind> Media { get; init; } = [];

    public object? Default { get; init; }

    /// <summary>A sentence for people.</summary>
    public string? Help { get; init; }
}
