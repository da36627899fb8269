using System.Globalization;
using System.Text.Json;

namespace Rushes.Media;

/// <summary>The video stream of a clip, as its container and codec describe it.</summary>
/// <param name="Index">The index among all streams.</param>
/// <param name="Width">The width of a stored frame, before rotation; the same for the height.</param>
/// <param name="Aspect">The width of a stored pixel divided by its height.</param>
/// <param name="Degrees">The rotation for display.</param>
/// <param name="Transfer">The transfer characteristics, in the names of ffmpeg; empty if unknown. Likewise the next two.</param>
internal sealed record VideoStream(
    int Index, string Codec, string PixelFormat, int Width, int Height, double Aspect, double Degrees, string Transfer,
    string Primaries, string Matrix, string Range)
{
    /// <summary>The fields that ffprobe prints.</summary>
    public const string Entries =
        "index,codec_type,codec_name,width,height,pix_fmt,sample_aspect_ratio,"
        + "color_transfer,color_primaries,color_space,color_range";

    public bool IsTurned => Math.Abs(Degrees % 360) > 1;

    public bool IsOnItsSide => Math.Abs(Degrees % 180) is > 45 and < 135;

    public bool IsSquare => Math.Abs(Aspect - 1) < 0.005;

    /// <summary>HLG or PQ.</summary>
    public bool IsHdr => Transfer is "arib-std-b67" or "smpte2084";

    public static VideoStream Of(JsonElement stream) => new(
        Number(stream, "index"), Text(stream, "codec_name"), Text(stream, "pix_fmt"), Number(stream, "width"),
        Number(stream, "height"), AspectOf(Text(stream, "sample_aspect_ratio")), DegreesOf(stream),
        Text(stream, "color_transfer"), Text(stream, "color_primaries"), Text(stream, "color_space"),
        Text(stream, "color_range"));

    /// <summary>1 if unknown or not plausible.</summary>
    private static double AspectOf(string text) =>
        text.Split(':') is [var over, var under]
        && double.TryParse(over, CultureInfo.InvariantCulture, out var top)
        && double.TryParse(under, CultureInfo.InvariantCulture, out var bottom)
        && top > 0 && bottom > 0 && top / bottom is > 0.1 and < 10 and var aspect
            ? aspect
            : 1;

    private static double DegreesOf(JsonElement stream)
    {
        if (!stream.TryGetProperty("side_data_list", out var list)) return 0;
        foreach (var data in list.EnumerateArray())
            if (data.TryGetProperty("rotation", out var rotation)) return rotation.GetDouble();
        return 0;
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static int Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : 0;
}
