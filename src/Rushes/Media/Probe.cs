using System.Globalization;
using System.Text.Json;

namespace Rushes.Media;

/// <summary>What a sound's or clip's container says about its streams, as ffprobe reads it.</summary>
/// <param name="Picture">The clip's film; null: none.</param>
/// <param name="Frames">Frames counted, not believed.</param>
/// <param name="SoundCodecs">Of its sound streams.</param>
/// <param name="Start">Seconds on its own timeline at which the first stream begins.</param>
/// <param name="Seconds">Null when the container does not tell.</param>
/// <param name="SecondsAreExact">False: estimated from the bit rate.</param>
/// <param name="IsCutOff">The container points at bytes that are not there.</param>
internal sealed record Probe(
    PictureStream? Picture, IReadOnlyList<string> SoundCodecs, double Rate, int Frames, double Start, double? Seconds,
    bool SecondsAreExact, bool IsCutOff)
{
    public bool HasPicture => Picture is not null;

    /// <summary>As displayed, after the stream's rotation; likewise the height.</summary>
    public int Width => Picture is null ? 0 : Picture.IsOnItsSide ? Picture.Height : Picture.Width;

    public int Height => Picture is null ? 0 : Picture.IsOnItsSide ? Picture.Width : Picture.Height;

    public bool HasSound => SoundCodecs.Count > 0;

    private static readonly IReadOnlyList<string> Questions =
    [
        "-v", "warning", "-count_packets", "-of", "json", "-show_entries",
        $"format=duration,start_time:stream={PictureStream.Entries},nb_read_packets,avg_frame_rate,r_frame_rate"
            + ":stream_disposition=attached_pic:stream_side_data=rotation",
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
        var sounds = new List<string>();
        foreach (var stream in streams.EnumerateArray())
            switch (Text(stream, "codec_type"))
            {
                case "audio":
                    sounds.Add(Text(stream, "codec_name") ?? "");
                    break;
                // A cover is a picture of a sound, not its film.
                case "video" when picture is null
                    && stream.GetProperty("disposition").GetProperty("attached_pic").GetInt32() == 0:
                    picture = stream;
                    break;
            }

        var format = document.RootElement.TryGetProperty("format", out var found) ? found : default(JsonElement?);
        return new Probe(
            picture is { } film ? PictureStream.Of(film) : null, sounds,
            picture is { } timed ? FrameRate(timed) : 0,
            picture is { } counted && int.TryParse(Text(counted, "nb_read_packets"), CultureInfo.InvariantCulture, out var frames)
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
