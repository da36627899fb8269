using System.Globalization;
using Rushes.Catalog;

namespace Rushes.Media;

/// <summary>
/// A file that ffmpeg or ffprobe opens, with limits for its decoder. The decoder is selected by the file's first bytes, and only
/// this file may be opened: no playlist or script can make ffmpeg read other files.
/// </summary>
public sealed record FfmpegInput
{
    /// <summary>The maximum pixels of a frame of a clip, or of a sound's cover: 8K.</summary>
    public const long MaxFramePixels = 36_000_000;

    /// <summary>
    /// The maximum pixels of a picture, whose size was checked when its plain form was made; and the bytes of a pixel.
    /// </summary>
    private const long MaxImagePixels = 1L << 28, ImagePixelBytes = 4;

    /// <summary>
    /// A clip may change to larger frames than its header says, as recordings of calls do, up to this: 1920x1088.
    /// </summary>
    private const long MinFramePixels = 2_088_960;

    /// <summary>The containers that an engine's file may have.</summary>
    private const string EngineFormats =
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,jpeg_pipe,png_pipe,webp_pipe,mp3,wav,ogg,flac,aac,asf,image2,gif,apng";

    /// <summary>The maximum number of streams; phones write five or six.</summary>
    private const int MaxStreams = 32;

    /// <summary>
    /// The decoded frames that a clip's decoder keeps, and the bytes of a pixel with ten bits per color.
    /// </summary>
    private const int KeptFrames = 20, FramePixelBytes = 3;

    private readonly IReadOnlyList<string> format;

    private FfmpegInput(string path, IReadOnlyList<string> format) => (Path, this.format) = (path, format);

    public string Path { get; }

    /// <summary>Larger frames are not decoded.</summary>
    public long MaxPixels { get; init; } = MaxFramePixels;

    /// <summary>Bytes of memory that the decoder needs.</summary>
    public long Memory { get; init; }

    /// <summary>The number of decoder threads; each keeps a frame.</summary>
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, 4);

    /// <summary>Bytes of tags and other data before the content.</summary>
    public long Skip { get; init; }

    /// <summary>More options of this input, such as the start time.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    internal IEnumerable<string> Arguments =>
    [
        "-threads", Text(Threads), "-max_pixels", Text(MaxPixels), "-max_streams", Text(MaxStreams), .. Options,
        .. Skip > 0 ? ["-skip_initial_bytes", Text(Skip)] : Array.Empty<string>(),
        "-protocol_whitelist", "file", .. format, "-i", "file:" + Path,
    ];

    /// <summary>
    /// A picture in its plain form, or a sound or clip as it was sent; the first bytes select the decoder.
    /// </summary>
    public static FfmpegInput Of(string path)
    {
        using var file = new FileWindow(path);
        return MediaTypes.Find(file) is { Type: not null } found ? Of(path, found) : OfEngine(path);
    }

    /// <summary>A file that an <see cref="Inspector"/> accepted; a picture in its plain form.</summary>
    public static FfmpegInput Of(string path, MediaFacts facts) => facts.Type.Kind == MediaKind.Picture
        ? Of(path, facts.Type) with
        {
            MaxPixels = Padded(facts.Width, facts.Height), Memory = (long)facts.Width * facts.Height * ImagePixelBytes,
        }
        : Of(path, facts.Type);

    internal static FfmpegInput Of(string path, FoundType found) => Of(path, found.Type!) with { Skip = found.Start };

    /// <summary>A file that an engine made, in any container.</summary>
    public static FfmpegInput OfEngine(string path) => new(System.IO.Path.GetFullPath(path), ["-format_whitelist", EngineFormats])
    {
        Memory = FrameMemory(MaxFramePixels),
    };

    /// <summary>Pixels without a header, in a file that this program wrote.</summary>
    /// <param name="name">In the run's folder.</param>
    public static FfmpegInput OfPixels(string name, string pixelFormat, Size size, double rate) => new(
        name, ["-f", "rawvideo", "-pix_fmt", pixelFormat, "-s", $"{size.Width}x{size.Height}", "-r", Ffmpeg.Rate(rate)]);

    /// <summary>A sound that this program wrote.</summary>
    /// <param name="name">In the run's folder.</param>
    public static FfmpegInput OfWav(string name) => new(name, ["-f", "wav"]);

    internal static FfmpegInput Of(string path, MediaType type)
    {
        var input = new FfmpegInput(System.IO.Path.GetFullPath(path), ["-f", Demuxer(type)]);
        return type.Kind switch
        {
            MediaKind.Picture => input with { MaxPixels = MaxImagePixels, Memory = MaxImagePixels * ImagePixelBytes },
            MediaKind.Clip => input with { Memory = FrameMemory(MaxFramePixels) },
            _ => input,
        };
    }

    /// <summary>The same clip with a known size: frames may only be larger as far as recordings of calls need it.</summary>
    public FfmpegInput WithFrames(int width, int height)
    {
        var pixels = Math.Min(Math.Max(Padded(width, height), MinFramePixels), MaxFramePixels);
        return this with { MaxPixels = pixels, Memory = FrameMemory(pixels) };
    }

    private static long FrameMemory(long pixels) => pixels * FramePixelBytes * KeptFrames;

    /// <summary>
    /// Decoders work in blocks of up to 64 pixels and align each line to 64 bytes, which are 512 pixels of one bit.
    /// </summary>
    private static long Padded(int width, int height) => (width + 511L) / 512 * 512 * ((height + 127L) / 64 * 64);

    private static string Demuxer(MediaType type) => type.Extension switch
    {
        ".jpg" => "jpeg_pipe",
        ".png" => "png_pipe",
        ".webp" => "webp_pipe",
        ".m4a" or ".mp4" or ".mov" => "mov",
        ".webm" or ".mkv" or ".mka" => "matroska",
        ".wma" => "asf",
        var extension => extension[1..],
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
