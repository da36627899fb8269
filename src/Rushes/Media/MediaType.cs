using Rushes.Catalog;

namespace Rushes.Media;

/// <summary>An accepted media format.</summary>
/// <param name="Name">The common name, such as <c>JPEG</c>.</param>
/// <param name="Extension">Including the dot, such as <c>.jpg</c>.</param>
public sealed record MediaType(MediaKind Kind, string Name, string ContentType, string Extension)
{
    public static readonly MediaType Jpeg = new(MediaKind.Picture, "JPEG", "image/jpeg", ".jpg");
    public static readonly MediaType Png = new(MediaKind.Picture, "PNG", "image/png", ".png");
    public static readonly MediaType WebP = new(MediaKind.Picture, "WebP", "image/webp", ".webp");

    public static readonly MediaType Mp3 = new(MediaKind.Sound, "MP3", "audio/mpeg", ".mp3");
    public static readonly MediaType Wav = new(MediaKind.Sound, "WAV", "audio/wav", ".wav");
    public static readonly MediaType Ogg = new(MediaKind.Sound, "OGG", "audio/ogg", ".ogg");
    public static readonly MediaType M4a = new(MediaKind.Sound, "M4A", "audio/mp4", ".m4a");
    public static readonly MediaType Flac = new(MediaKind.Sound, "FLAC", "audio/flac", ".flac");
    public static readonly MediaType Aac = new(MediaKind.Sound, "AAC", "audio/aac", ".aac");
    public static readonly MediaType Wma = new(MediaKind.Sound, "WMA", "audio/x-ms-wma", ".wma");

    public static readonly MediaType Aiff = new(MediaKind.Sound, "AIFF", "audio/aiff", ".aiff");
    public static readonly MediaType Caf = new(MediaKind.Sound, "CAF", "audio/x-caf", ".caf");
    public static readonly MediaType Amr = new(MediaKind.Sound, "AMR", "audio/amr", ".amr");
    internal static readonly MediaType WebMSound = new(MediaKind.Sound, "WebM", "audio/webm", ".webm");
    internal static readonly MediaType MatroskaSound = new(MediaKind.Sound, "Matroska", "audio/x-matroska", ".mka");

    public static readonly MediaType Mp4 = new(MediaKind.Clip, "MP4", "video/mp4", ".mp4");
    public static readonly MediaType Mov = new(MediaKind.Clip, "MOV", "video/quicktime", ".mov");
    public static readonly MediaType WebM = new(MediaKind.Clip, "WebM", "video/webm", ".webm");
    public static readonly MediaType Matroska = new(MediaKind.Clip, "Matroska", "video/x-matroska", ".mkv");

    private static readonly HashSet<string> Extensions =
    [
        .. new[]
        {
            Jpeg, Png, WebP, Mp3, Wav, Ogg, M4a, Flac, Aac, Wma, Aiff, Caf, Amr, MatroskaSound, Mp4, Mov, WebM, Matroska,
        }.Select(type => type.Extension),
    ];

    /// <summary>The extension of a key if it is one of an accepted format; otherwise empty.</summary>
    public static string ExtensionOf(string key) => Extensions.TryGetValue(Path.GetExtension(key), out var known) ? known : "";

    /// <summary>Whether the container is a clip or a sound, depending on its streams.</summary>
    public bool IsContainer => this == Mp4 || this == Mov || this == M4a || this == WebM || this == Matroska;

    /// <summary>The same container with sound only.</summary>
    internal MediaType AsSound() => this == WebM ? WebMSound : this == Matroska ? MatroskaSound : IsContainer ? M4a : this;

    /// <summary>The same container with a video stream.</summary>
    internal MediaType AsClip() => this == M4a ? Mp4 : this;
}
