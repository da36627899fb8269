using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;

namespace Rushes.Engines;

/// <summary>
/// Reads a server's JSON about a job. The video of a finished job may be a base64 string within it (<c>b64_json</c>): it is
/// written to a file while it arrives, and only the rest is parsed.
/// </summary>
internal static class VideoReply
{
    /// <summary>In bytes.</summary>
    public const long MaxVideo = 4L << 30;

    /// <summary>In bytes, without the video.</summary>
    private const int MaxRest = 4 << 20;

    private static ReadOnlySpan<byte> Key => "\"b64_json\""u8;

    /// <param name="videoPath">Null: a video is skipped.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="FormatException">The video is not base64.</exception>
    public static async Task<JsonElement> ReadAsync(Stream reply, string? videoPath, CancellationToken cancel)
    {
        using var rest = new MemoryStream();
        await using var file = videoPath is null ? Stream.Null : new FileStream(videoPath, FileMode.Create, FileAccess.Write);
        using var decoder = new FromBase64Transform(FromBase64TransformMode.DoNotIgnoreWhiteSpaces);
        await using var video = new CryptoStream(file, decoder, CryptoStreamMode.Write);
        var (matched, place) = (0, Place.Outside);
        var buffer = new byte[64 * 1024];
        long encoded = 0;
        int count;
        while ((count = await reply.ReadAsync(buffer, cancel)) > 0)
        {
            for (var at = 0; at < count;)
            {
                if (place == Place.Video)
                {
                    var length = buffer.AsSpan(at, count - at).IndexOf((byte)'"') is >= 0 and var end ? end : count - at;
                    encoded += length;
                    if (encoded > MaxVideo / 3 * 4) throw new FormatException("The video is too large.");
                    await video.WriteAsync(buffer.AsMemory(at, length), cancel);
                    at += length;
                    if (at == count) continue;
                    at++;
                    place = Place.Outside;
                    continue;
                }
                var letter = buffer[at++];
                if (rest.Length == MaxRest) throw new JsonException("The response is too long.");
                rest.WriteByte(letter);
                if (place == Place.Outside)
                {
                    // A quote occurs only at both ends of the key, so after a mismatch at most one character can match.
                    matched = letter == Key[matched] ? matched + 1 : letter == Key[0] ? 1 : 0;
                    if (matched < Key.Length) continue;
                    (matched, place) = (0, Place.BeforeVideo);
                }
                else if (letter == (byte)'"')
                {
                    // The parsed part keeps an empty string.
                    rest.WriteByte((byte)'"');
                    place = Place.Video;
                }
                else if (letter is not ((byte)':' or (byte)' '))
                {
                    place = Place.Outside;
                }
            }
        }
        await video.FlushFinalBlockAsync(cancel);
        var json = rest.GetBuffer().AsMemory(0, (int)rest.Length);
        // The parser does not look into strings; reading them would fail later.
        if (!Utf8.IsValid(json.Span)) throw new JsonException("The response is not UTF-8.");
        using var document = JsonDocument.Parse(json);
        return Reply.Read(() =>
        {
            CheckNames(document.RootElement);
            return document.RootElement.Clone();
        });
    }

    /// <summary>Every search for a name fails beside one with half of a surrogate pair.</summary>
    private static void CheckNames(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
            foreach (var item in json.EnumerateArray()) CheckNames(item);
        if (json.ValueKind != JsonValueKind.Object) return;
        foreach (var property in json.EnumerateObject())
        {
            _ = property.Name;
            CheckNames(property.Value);
        }
    }

    private enum Place
    {
        Outside,
        BeforeVideo,
        Video,
    }
}
