using System.Text.Json.Serialization;

namespace Rushes.Catalog;

/// <summary>Limits of requests and of video sizes.</summary>
public sealed record CatalogLimits
{
    /// <summary>Bytes per image, and per audio file or clip that is sent in a request or fetched from a URL.</summary>
    public long MediaBytes { get; init; } = 10 << 20;

    /// <summary>Bytes per uploaded audio file or clip, which jobs then use by its address.</summary>
    public long UploadBytes { get; init; } = 256 << 20;

    /// <summary>Pixels per image or frame.</summary>
    public long MediaPixels { get; init; } = 100_000_000;

    /// <summary>Seconds per audio or clip.</summary>
    public double MediaSeconds { get; init; } = 600;

    /// <summary>Images, audio files and clips per request.</summary>
    public int MediaPerRequest { get; init; } = 6;

    /// <summary>Bytes of a request without its media.</summary>
    public int FieldsBytes { get; init; } = 1 << 20;

    /// <summary>Minimum pixels of a video's shorter side.</summary>
    [JsonPropertyName("shortestSide")]
    public int MinSide { get; init; } = 64;

    /// <summary>Maximum pixels of a video's longer side before <c>new_resolution</c>.</summary>
    [JsonPropertyName("longestSide")]
    public int MaxSide { get; init; } = 2560;
}
