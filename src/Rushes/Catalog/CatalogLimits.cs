namespace Rushes.Catalog;

/// <summary>What a request may bring, and how large a video may be.</summary>
public sealed record CatalogLimits
{
    /// <summary>Bytes of each picture, sound or clip, decoded.</summary>
    public long MediaBytes { get; init; } = 10 << 20;

    /// <summary>Pixels of each picture or frame.</summary>
    public long MediaPixels { get; init; } = 100_000_000;

    /// <summary>Seconds of each sound or clip.</summary>
    public double MediaSeconds { get; init; } = 600;

    /// <summary>Pictures, sounds and clips in one request.</summary>
    public int MediaPerRequest { get; init; } = 4;

    /// <summary>Bytes of everything in a request but its media.</summary>
    public int FieldsBytes { get; init; } = 1 << 20;

    /// <summary>Pixels of a video's shorter side, at least.</summary>
    public int ShortestSide { get; init; } = 64;

    /// <summary>Pixels of a video's longer side before <c>new_resolution</c>, at most.</summary>
    public int LongestSide { get; init; } = 2560;
}
