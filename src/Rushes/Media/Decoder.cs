using System.Globalization;
using Rushes.Catalog;

namespace Rushes.Media;

/// <summary>
/// Runs ffmpeg over a file that may be hostile: the format is forced to what the first bytes said, only that one file
/// may be opened, and pixels, threads and time are bounded.
/// </summary>
internal static class Decoder
{
    public static IReadOnlyList<string> Input(string path, MediaType type, MediaLimits limits) =>
    [
        "-max_alloc", MostAtOnce(type, limits).ToString(CultureInfo.InvariantCulture),
        "-max_pixels", limits.MaxPixels.ToString(CultureInfo.InvariantCulture),
        "-protocol_whitelist", "file", "-f", Demuxer(type), "-i", "file:" + Path.GetFullPath(path),
    ];

    public static async Task<bool> DecodesPictureAsync(string path, MediaType type, MediaLimits limits, CancellationToken cancel) =>
        (await RunAsync(
            ["-xerror", "-err_detect", "explode", .. Input(path, type, limits), "-map", "0:v:0", "-frames:v", "1", .. Nowhere],
            limits, cancel)).Ok;

    /// <summary>The first frame, and all from a second before the end.</summary>
    /// <param name="seconds">Null: unknown, so only the beginning is decoded.</param>
    public static async Task<bool> DecodesBothEndsAsync(
        string path, MediaType type, double? seconds, MediaLimits limits, CancellationToken cancel)
    {
        var input = Input(path, type, limits);
        List<string> first = ["-map", "0:v:0", "-frames:v", "1", .. Nowhere];
        if (seconds is not > 1.5) return (await RunAsync(["-xerror", .. input, "-map", "0:v:0", .. Nowhere], limits, cancel)).Ok;
        var nearEnd = (seconds.Value - 1).ToString("0.###", CultureInfo.InvariantCulture);
        return (await RunAsync(
            ["-xerror", .. input, "-ss", nearEnd, "-noaccurate_seek", .. input, .. first, "-map", "1:v:0", .. Nowhere],
            limits, cancel)).Ok;
    }

    /// <summary>The length of what could be decoded, at most a second more than allowed; null when it cannot be.</summary>
    public static Task<double?> DecodeSoundAsync(string path, MediaType type, MediaLimits limits, CancellationToken cancel)
    {
        // An MP3 or AAC cut from a longer one begins with a frame that lacks its past: no damage, players skip it.
        string[] strict = type == MediaType.Mp3 || type == MediaType.Aac ? [] : ["-xerror"];
        return LengthAsync([.. strict, .. Input(path, type, limits), "-map", "0:a:0"], limits, cancel);
    }

    /// <summary>As for a sound, by the pictures.</summary>
    public static Task<double?> DecodeLengthAsync(string path, MediaType type, MediaLimits limits, CancellationToken cancel) =>
        LengthAsync([.. Input(path, type, limits), "-map", "0:v:0"], limits, cancel);

    private static async Task<double?> LengthAsync(IReadOnlyList<string> input, MediaLimits limits, CancellationToken cancel)
    {
        const string field = "out_time_us=";
        var most = (limits.MaxSeconds + 1).ToString(CultureInfo.InvariantCulture);
        var exit = await RunAsync([.. input, "-t", most, "-progress", "pipe:1", .. Nowhere], limits, cancel);
        if (!exit.Ok) return null;
        var last = exit.Output.LastIndexOf(field, StringComparison.Ordinal);
        if (last < 0) return null;
        var text = exit.Output.AsSpan(last + field.Length);
        return double.TryParse(text[..text.IndexOf('\n')], CultureInfo.InvariantCulture, out var microseconds) ? microseconds / 1e6 : 0;
    }

    /// <summary>
    /// The largest piece of memory a decoder may ask for. A picture's pixels have up to 8 bytes; a clip's index may come compressed,
    /// and says itself how large it gets.
    /// </summary>
    private static long MostAtOnce(MediaType type, MediaLimits limits) =>
        limits.MaxPixels * (type.Kind == MediaKind.Picture ? 8 : 2) + (64 << 20);

    private static IReadOnlyList<string> Nowhere => ["-f", "null", "-"];

    private static Task<Exit> RunAsync(IReadOnlyList<string> arguments, MediaLimits limits, CancellationToken cancel) =>
        ChildProcess.RunAsync(
            new Command("ffmpeg", ["-v", "error", "-nostdin", "-threads", "1", .. arguments]) { Limit = limits.MaxRun }, null, cancel);

    private static string Demuxer(MediaType type) => type.Extension switch
    {
        ".jpg" => "jpeg_pipe",
        ".png" => "png_pipe",
        ".webp" => "webp_pipe",
        ".m4a" or ".mp4" or ".mov" => "mov",
        ".webm" => "matroska",
        ".wma" => "asf",
        var extension => extension[1..],
    };
}
