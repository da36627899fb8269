using System.Globalization;
using System.Text.Json;

namespace Rushes.Media;

/// <summary>What a sound's or clip's container says about its streams, as ffprobe reads it.</summary>
/// <param name="Width">As displayed, after the stream's rotation; likewise the height.</param>
/// <param name="Frames">Frames counted, not believed.</param>
/// <param name="Seconds">Null when the container does not tell.</param>
/// <param name="SecondsAreExact">False: estimated from the bit rate.</param>
/// <param name="IsCutOff">The container points at bytes that are not there.</param>
internal sealed record Probe(
    bool HasPicture, bool HasSound, int Width, int Height, double Rate, int Frames, double? Seconds, bool SecondsAreExact,
    bool IsCutOff)
{
    private static readonly IReadOnlyList<string> Questions =
    [
        "-v", "warning", "-count_packets", "-of", "json", "-show_entries",
        "format=duration:stream=codec_type,width,height,nb_read_packets,avg_frame_rate,r_frame_rate:stream_disposition=attached_pic:stream_side_data=rotation",
    ];

    /// <summary>Either what it says, or why it is refused.</summary>
    public static async Task<(Probe? Found, string? Problem)> RunAsync(
        FfmpegInput input, MediaType type, DecodingTime time, CancellationToken cancel)
    {
        var exit = await time.SpendAsync(left => Ffmpeg.ProbeAsync(input, Questions, left, null, cancel));
        if (Decoder.FoundTooManyPixels(exit))
            return (null, $"has more than {input.MaxPixels / 1e6:0.##} megapixels; make it smaller");
        return exit.Ok && Read(exit.Output, exit.Errors) is { } probe
            ? (probe, null)
            : (null, MediaRefusal.Damaged(type, "it cannot be read", time).Reason);
    }

    private static Probe? Read(string output, string warnings)
    {
        using var document = JsonDocument.Parse(output);
        if (!document.RootElement.TryGetProperty("streams", out var streams)) return null;
        JsonElement? picture = null;
        var hasSound = false;
        foreach (var stream in streams.EnumerateArray())
            switch (Text(stream, "codec_type"))
            {
                case "audio":
                    hasSound = true;
                    break;
                // A cover is a picture of a sound, not its film.
                case "video" when picture is null
                    && stream.GetProperty("disposition").GetProperty("attached_pic").GetInt32() == 0:
                    picture = stream;
                    break;
            }

        var (width, height) = picture is { } video ? (Number(video, "width"), Number(video, "height")) : (0, 0);
        if (picture is { } turned && IsOnItsSide(turned)) (width, height) = (height, width);
        double? seconds = document.RootElement.TryGetProperty("format", out var format)
            && double.TryParse(Text(format, "duration"), CultureInfo.InvariantCulture, out var duration) ? duration : null;
        return new Probe(
            picture is not null, hasSound, width, height,
            picture is { } timed ? FrameRate(timed) : 0,
            picture is { } counted && int.TryParse(Text(counted, "nb_read_packets"), CultureInfo.InvariantCulture, out var frames)
                ? frames
                : 0,
            seconds,
            SecondsAreExact: !warnings.Contains("Estimating duration", StringComparison.Ordinal),
            IsCutOff: warnings.Contains("partial file", StringComparison.Ordinal) || warnings.Contains(
                "ended prematurely", StringComparison.Ordinal));
    }

    private static bool IsOnItsSide(JsonElement stream) =>
        stream.TryGetProperty("side_data_list", out var list)
        && list.EnumerateArray().Any(
            data => data.TryGetProperty("rotation", out var rotation) && Math.Abs(rotation.GetDouble() % 180) is > 45 and < 135);

    private static double FrameRate(JsonElement stream)
    {
        foreach (var name in new[] { "avg_frame_rate", "r_frame_rate" })
            if (Text(stream, name)?.Split('/') is [var over, var under]
                && double.TryParse(over, CultureInfo.InvariantCulture, out var top)
                && double.TryParse(under, CultureInfo.InvariantCulture, out var bottom) && top > 0 && bottom > 0)
                return top / bottom;
        return 0;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : 0;
}
