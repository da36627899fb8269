using System.Security.Cryptography;
using System.Text.Json;
using Rushes.Intake;
using Xunit;

namespace Rushes.Tests.Intake;

/// <summary>Reads a body in the simplest way, completely in memory, to compare with.</summary>
internal static class MediaBodyModel
{
    public static readonly string[] Links = ["http://", "https://", "s3://", "r2://"];

    public static string Describe(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        return Describe(document.RootElement, value => SHA256.HashData(Decode(value)));
    }

    public static async Task<string> DescribeAsync(MediaBody.Read read, CancellationToken cancel)
    {
        var hashes = new Dictionary<string, byte[]>();
        foreach (var media in read.Media)
        {
            hashes[media.Token] = SHA256.HashData(await File.ReadAllBytesAsync(media.File, cancel));
            Assert.Equal(hashes[media.Token], media.Sha256);
            Assert.Equal(new FileInfo(media.File).Length, media.Bytes);
        }
        return Describe(read.Root, token => hashes[token]);
    }

    private static string Describe(
        JsonElement element, Func<string, byte[]> media, bool mayBeMedia = false) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', element.EnumerateObject().Select(property =>
            $"{property.Name}:{Describe(property.Value, media, IsMedia(property.Name))}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(item => Describe(item, media))) + "]",
        JsonValueKind.String when mayBeMedia && !Links.Any(element.GetString()!.StartsWith) =>
            "media " + Convert.ToHexString(media(element.GetString()!)),
        JsonValueKind.String => JsonSerializer.Serialize(element.GetString()),
        _ => element.GetRawText(),
    };

    private static bool IsMedia(string name) =>
        name.EndsWith("_uri", StringComparison.Ordinal) || name.EndsWith("_url", StringComparison.Ordinal);

    private static byte[] Decode(string value)
    {
        if (value.StartsWith("data:", StringComparison.Ordinal))
            value = value[(value.IndexOf(',', StringComparison.Ordinal) + 1)..];
        var text = new string([.. value.Where(c => !char.IsWhiteSpace(c) && c != '=')]).Replace('-', '+').Replace('_', '/');
        return Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
    }
}
