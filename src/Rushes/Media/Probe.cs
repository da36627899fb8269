using System.Globalization;
using System.Text.Json;

namespace Rushes.Media;

/// <summary>The streams of a sound or clip, as ffprobe reads them from the container.</summary>
/// <param name="Video">The video stream of a clip; null if there is none.</param>
/// <param name="Frames">The number of frames, counted instead of read from the header.</param>
/// <param name="SoundCodecs">The codecs of the sound streams.</param>
/// <param name="Start">When the first stream begins, in seconds of the file's timeline.</param>
/// <param name="Seconds">Null if the container does not say.</param>
/// <param name="SecondsAreExact">False if estimated from the bit rate.</param>
/// <param name="IsCutOff">The container refers to bytes after the end of the file.</param>
internal sealed record Probe(
    VideoStream? Video, IReadOnlyList<string> SoundCodecs, double Rate, int Frames, double Start, double? Seconds,
    bool SecondsAreExact, bool IsCutOff)
{
    public bool HasVideo => Video is not null;

    /// <summary>As displayed, after the stream's rotation; likewise the height.</summary>
    public int Width => Video is null ? 0 : Video.IsOnItsSide ? Video.Height : Video.Width;

    public int Height => Video is null ? 0 : Video.IsOnItsSide ? Video.Width : Video.Height;

    public bool HasSound => SoundCodecs.Count > 0;

    private static readonly IReadOnlyList<string> Questions =
    [
        "-v", "warning", "-count_packets", "-of", "json", "-show_entries",
        $"format=duration,start_time:stream={VideoStream.Entries},nb_read_packets,avg_frame_rate,r_frame_rate"
            + ":stream_disposition=attached_pic:stream_side_data=rotation",
    ];

    /// <summary>Returns the streams or the reason for rejecting the file.</summary>
    public static async Task<(Probe? Found, string? Problem)> RunAsync(
        FfmpegInput input, MediaType type, DecodingTime time, CancellationToken cancel)
    {
        var exit = await time.SpendAsync(left => Ffmpeg.ProbeAsync(input, Questions, left, null, cancel));
        if (Decoder.FoundTooManyPixels(exit))
            return (null, $"has more than {input.MaxPixels / 1e6:0.##} megapixels; make it smaller");
        return exit.Ok && Read(exit.Output, exit.Errors) is { } probe
            ? (probe, null)
            : (null, MediaRejection.Damaged(type, "it cannot be read", time).Reason);
    }

    private static Probe? Read(string output, string warnings)
    {
        using var document = JsonDocument.Parse(output);
        if (!document.RootElement.TryGetProperty("streams", out var streams)) return null;
        JsonElement? video = null;
        var sounds = new List<string>();
        foreach (var stream in streams.EnumerateArray())
            switch (Text(stream, "codec_type"))
            {
                case "audio":
                    sounds.Add(Text(stream, "codec_name") ?? "");
                    break;
                // A cover image is not a video stream.
                case "video" when video is null
                    && stream.GetProperty("disposition").GetProperty("attached_pic").GetInt32() == 0:
                    video = stream;
                    break;
            }

        var format = document.RootElement.TryGetProperty("format", out var found) ? found : default(JsonElement?);
        return new Probe(
            video is { } film ? VideoStream.Of(film) : null, sounds,
            video is { } timed ? FrameRate(timed) : 0,
            video is { } counted && int.TryParse(Text(counted, "nb_read_packets"), CultureInfo.InvariantCulture, out var frames)
                ? frames
                : 0,
            Time(format, "start_time") ?? 0, Time(format, "duration"),
            SecondsAreExact: !warnings.Contains("Estimating duration", StringComparison.Ordinal),
            IsCutOff: warnings.Contains("partial file", StringComparison.Ordinal) || warnings.Contains(
                "ended prematurely", StringComparison.Ordinal));
    }

    private static double FrameRate(JsonElement stream)
    {
        foreach (var name in new[] { "avg_frame_rate", "r_frame_rate" })
            if (Text(stream, name)?.Split('/') is [var over, var under]
                && double.TryParse(over, CultureInfo.InvariantCulture, out var top)
                && double.TryParse(under, CultureInfo.InvariantCulture, out var bottom) && top > 0 && bottom > 0)
                return top / bottom;
        return 0;
    }

    private static double? Time(JsonElement? format, string name) =>
        format is { } known && double.TryParse(Text(known, name), CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : 0;
}
