using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rushes.Media;

/// <summary>The content of a finished file, read with ffprobe and from its boxes.</summary>
/// <param name="Codec">The codec of the picture stream, such as <c>h264</c>.</param>
/// <param name="Rate">Frames per second.</param>
/// <param name="Seconds">The length of the picture stream.</param>
/// <param name="SoundCodec">The codec of the sound stream, such as <c>aac</c>; null if there is no sound.</param>
/// <param name="SoundSeconds">The length of the sound stream; 0 if there is none.</param>
/// <param name="Faststart">An MP4 whose index comes before its data.</param>
/// <param name="HasSquarePixels">True also if the file does not say.</param>
/// <param name="Tags">Metadata of the whole file.</param>
public sealed record VideoFacts(
    string Codec,
    string PixelFormat,
    int Width,
    int Height,
    int Frames,
    double Rate,
    double Seconds,
    string? SoundCodec,
    double SoundSeconds,
    bool Faststart,
    bool HasSquarePixels,
    IReadOnlyDictionary<string, string> Tags)
{
    public bool HasSound => SoundCodec is not null;
}

/// <summary>Reads the properties of files that engines made.</summary>
public static class VideoProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Probes an engine's file. Null if it has no readable picture stream.</summary>
    public static Task<VideoFacts?> FindAsync(string path, CancellationToken cancel) =>
        FindAsync(FfmpegInput.OfEngine(path), cancel);

    /// <summary>
    /// Reads a file that the gateway made or accepted; one of the usual form without ffprobe. Null if it has no readable picture
    /// stream.
    /// </summary>
    public static async Task<VideoFacts?> ReadAsync(FfmpegInput input, CancellationToken cancel) =>
        Mp4File.Read(input.Path)?.Facts ?? await FindAsync(input, cancel);

    /// <summary>Null if the file has no readable picture stream.</summary>
    public static async Task<VideoFacts?> FindAsync(FfmpegInput input, CancellationToken cancel)
    {
        // Read line by line, because the metadata may contain a workflow of many kilobytes.
        var json = new StringBuilder();
        var exit = await Ffmpeg.ProbeAsync(
            input, ["-v", "error", "-count_packets", "-of", "json", "-show_streams", "-show_format"], Limit,
            line => json.AppendLine(line), cancel);
        if (!exit.Ok) return null;

        using var document = JsonDocument.Parse(json.ToString());
        JsonElement? picture = null, sound = null;
        foreach (var stream in document.RootElement.GetProperty("streams").EnumerateArray())
        {
            if (Text(stream, "codec_type") == "video" && !IsCover(stream)) picture ??= stream;
            if (Text(stream, "codec_type") == "audio") sound ??= stream;
        }
        if (picture is not { } video) return null;

        var format = document.RootElement.GetProperty("format");
        var tags = format.TryGetProperty("tags", out var all)
            ? all.EnumerateObject().ToDictionary(tag => tag.Name, tag => tag.Value.ToString(), StringComparer.OrdinalIgnoreCase)
            : [];
        return new VideoFacts(
            Text(video, "codec_name") ?? "", Text(video, "pix_fmt") ?? "",
            (int)Number(video, "width"), (int)Number(video, "height"),
            (int)Number(video, "nb_read_packets"), Ratio(Text(video, "avg_frame_rate")),
            Number(video, "duration") is > 0 and var own ? own : Number(format, "duration"),
            sound is { } audio ? Text(audio, "codec_name") : null,
            sound is { } track ? Number(track, "duration") is > 0 and var length ? length : Number(format, "duration") : 0,
            IndexComesFirst(input.Path), VideoStream.Of(video).IsSquare, tags);
    }

    private static bool IsCover(JsonElement stream) =>
        stream.TryGetProperty("disposition", out var disposition) && Number(disposition, "attached_pic") > 0;

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double Number(JsonElement of, string name) => of.TryGetProperty(name, out var value)
        && double.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static double Ratio(string? text)
    {
        var parts = (text ?? "").Split('/');
        return parts.Length == 2 && double.TryParse(parts[0], CultureInfo.InvariantCulture, out var above)
               && double.TryParse(parts[1], CultureInfo.InvariantCulture, out var below) && below > 0
            ? above / below
            : 0;
    }

    /// <summary>Reads the file's top-level boxes: four bytes of size, four of type.</summary>
    private static bool IndexComesFirst(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[16];
        for (long at = 0; at + 8 <= file.Length;)
        {
            file.Position = at;
            var got = file.ReadAtLeast(head, 16, throwOnEndOfStream: false);
            long size = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (size == 1 && got == 16) size = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(8));
            var name = Encoding.ASCII.GetString(head, 4, 4);
            if (name is "moov" or "mdat") return name == "moov";
            if (size < 8) return false;
            at += size;
        }
        return false;
    }
}
