using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rushes.Intake;
using Xunit;

namespace Rushes.Tests.Intake;

/// <summary>What a body means, found the simple way: all of it in memory. And random bodies to compare with.</summary>
internal static class MediaBodyModel
{
    private static readonly string[] Links = ["http://", "https://", "s3://", "r2://"];

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
            $"{property.Name}:{Describe(property.Value, media, property.Name.EndsWith("_uri", StringComparison.Ordinal) || property.Name.EndsWith("_url", StringComparison.Ordinal))}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(item => Describe(item, media))) + "]",
        JsonValueKind.String when mayBeMedia && !Links.Any(element.GetString()!.StartsWith) =>
            "media " + Convert.ToHexString(media(element.GetString()!)),
        JsonValueKind.String => JsonSerializer.Serialize(element.GetString()),
        _ => element.GetRawText(),
    };

    private static byte[] Decode(string value)
    {
        if (value.StartsWith("data:", StringComparison.Ordinal))
            value = value[(value.IndexOf(',', StringComparison.Ordinal) + 1)..];
        var text = new string([.. value.Where(c => !char.IsWhiteSpace(c) && c != '=')]).Replace('-', '+').Replace('_', '/');
        return Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
    }

    public static byte[] RandomBody(Random random)
    {
        var text = new StringBuilder();
        var media = 0;
        Object(0);
        return Encoding.UTF8.GetBytes(text.ToString());

        void Object(int depth)
        {
            text.Append('{').Append(Space());
            var count = random.Next(0, 5);
            for (var i = 0; i < count; i++)
            {
                if (i > 0) text.Append(',').Append(Space());
                var isMedia = random.Next(3) == 0 && media < 4;
                text.Append(String(Word() + i.ToString(CultureInfo.InvariantCulture) + (isMedia ? random.Next(2) == 0 ? "_uri" : "_url" : ""))).Append(Space()).Append(':').Append(Space());
                if (isMedia) Media();
                else Value(depth + 1);
            }
            text.Append(Space()).Append('}').Append(Space());
        }

        void Value(int depth)
        {
            switch (random.Next(depth > 4 ? 5 : 7))
            {
                case 0: text.Append(random.NextInt64(-1_000_000, 1_000_000)); break;
                case 1: text.Append(random.Next(2) == 0 ? "true" : "null"); break;
                case < 5: text.Append(String(string.Concat(Enumerable.Range(0, random.Next(0, 60)).Select(_ => Word())))); break;
                case 5: Object(depth); break;
                default:
                    text.Append('[');
                    var count = random.Next(0, 4);
                    for (var i = 0; i < count; i++)
                    {
                        if (i > 0) text.Append(',');
                        Value(depth + 1);
                    }
                    text.Append(']');
                    break;
            }
        }

        void Media()
        {
            if (random.Next(4) == 0)
            {
                text.Append(String(Links[random.Next(4)] + Word()));
                return;
            }
            media++;
            var bytes = new byte[random.Next(8) == 0 ? random.Next(1, 200_000) : random.Next(1, 300)];
            random.NextBytes(bytes);
            var base64 = Convert.ToBase64String(
                bytes, random.Next(3) == 0 ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None);
            if (random.Next(3) == 0) base64 = base64.TrimEnd('=');
            if (random.Next(3) == 0) base64 = base64.Replace('+', '-').Replace('/', '_');
            text.Append(String((random.Next(3) == 0 ? "data:image/png;base64," : "") + base64));
        }

        string Space() => random.Next(6) == 0 ? " \n" : "";

        string Word() => random.Next(6) switch { 0 => "\"", 1 => "\\", 2 => "é", 3 => "😀", 4 => "plain", _ => "{[:,]}" };

        string String(string value)
        {
            var escapes = random.Next(4) switch { 0 => 2, 1 => 20, _ => int.MaxValue };
            var json = new StringBuilder("\"");
            foreach (var rune in value.EnumerateRunes())
                json.Append(rune.ToString() switch
                {
                    "\n" => "\\n",
                    "\r" => "\\r",
                    "\"" => "\\\"",
                    "\\" => "\\\\",
                    "/" when random.Next(2) == 0 => "\\/",
                    var character when escapes != int.MaxValue && random.Next(escapes) == 0 =>
                        string.Concat(character.Select(unit => $"\\u{(int)unit:X4}")),
                    var character => character,
                });
            return json.Append('"').ToString();
        }
    }
}
