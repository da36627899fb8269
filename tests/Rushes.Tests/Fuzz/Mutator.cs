using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Tests.Fuzz;

/// <summary>
/// Makes inputs of samples: parts cut, repeated, exchanged and mixed, bits turned, numbers put at their ends, and the words that
/// formats are made of put where they do not belong. The same seed makes the same inputs.
/// </summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> samples, IReadOnlyList<string> words)
{
    private const int MaxLength = 256 << 10;

    private static readonly byte[][] Ends =
    [
        [0], [0xFF], [0x7F], [0x80], [0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0],
        [0, 0, 0, 0], [0xFE, 0xFF, 0xFF, 0xFF],
        .. ("0|-1|1e999|-0|0.5|1e-999|9223372036854775807|9223372036854775808|18446744073709551616|2147483647|-2147483648|"
            + "2147483648|NaN|null|true|[]|{}|[1]|[null]|{\"a\":1}|\"\"|\"a\"|\"\\u0000\"|\\ud800|\\u0000|%00|%ff|"
            + "\u00e9|\ufeff|\u202e")
            .Split('|').Select(Encoding.UTF8.GetBytes),
        [0xED, 0xA0, 0x80], [0xC0, 0xAF], "\r\n"u8.ToArray(), "../"u8.ToArray(), "[[[[[[[[[[[[[[[["u8.ToArray(),
    ];

    private readonly byte[][] words = [.. words.Select(Encoding.UTF8.GetBytes), .. Ends];

    /// <summary>Values of every kind, among them those at the ends of their range.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "0.5", "1e999", "1e-999", "2147483647", "2147483648", "-2147483649",
        "9223372036854775807", "9223372036854775808", "79228162514264337593543950336",
        "\"\"", "\" \"", "\"a\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\u202e\"", "\"\\ufeff\"", "\"\\ud83d\\ude00\"",
        "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"",
        "\"http://[::1]/\"", "\"s3://a/b\"", "\"data:,\"", "\"../../x\"", "\"%00\"", "[]", "{}", "[null]", "[[]]", "[{}]",
        "{\"a\": null}", "[\"\\u0000\"]",
    ];

    public byte[] Next()
    {
        var input = samples[random.Next(samples.Count)];
        if (random.Next(2) == 0 && Json(input) is { } other)
        {
            if (random.Next(4) > 0) return other;
            input = other;
        }
        for (var changes = random.Next(1, 6); changes > 0; changes--) input = Change(input);
        return input.Length <= MaxLength ? input : input[..MaxLength];
    }

    /// <summary>
    /// Well-formed JSON with one to three values exchanged, repeated or left out; null when the sample is not JSON.
    /// </summary>
    private byte[]? Json(byte[] input)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(input);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return null;
        }
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var all = Containers(root).ToList();
            if (all.Count == 0) return Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]);
            var value = JsonNode.Parse(Values[random.Next(Values.Length)]);
            switch (all[random.Next(all.Count)])
            {
                case JsonObject { Count: > 0 } map when map.ElementAt(random.Next(map.Count)).Key is var name:
                    if (random.Next(6) == 0) map.Remove(name);
                    else map[name] = value;
                    break;
                case JsonObject map:
                    map["a"] = value;
                    break;
                case JsonArray { Count: > 0 } list when random.Next(3) > 0:
                    list[random.Next(list.Count)] = value;
                    break;
                case JsonArray list:
                    list.Add(value);
                    break;
            }
        }
        return Encoding.UTF8.GetBytes(root!.ToJsonString());
    }

    private static IEnumerable<JsonNode> Containers(JsonNode? node) => node switch
    {
        JsonObject map => map.Select(pair => pair.Value).SelectMany(Containers).Prepend(map),
        JsonArray list => list.SelectMany(Containers).Prepend(list),
        _ => [],
    };

    private byte[] Change(byte[] input)
    {
        var at = random.Next(input.Length + 1);
        var length = Math.Min(input.Length - at, 1 << random.Next(0, 12));
        switch (random.Next(13))
        {
            case 0 when input.Length > 0:
                byte[] turned = [.. input];
                turned[random.Next(turned.Length)] ^= (byte)(1 << random.Next(8));
                return turned;
            case 1 when input.Length > 0:
                byte[] other = [.. input];
                other[random.Next(other.Length)] = (byte)random.Next(256);
                return other;
            case 2:
                return input[..at];
            case 3:
                return [.. input[..at], .. input[(at + length)..]];
            case 4:
                return [.. input[..at], .. Some(words), .. input[at..]];
            case 5:
                return [.. input[..at], .. Some(words), .. input[(at + length)..]];
            case 6:
                return [.. input[..(at + length)], .. input[at..]];
            case 7:
                var second = samples[random.Next(samples.Count)];
                return [.. input[..at], .. second[random.Next(second.Length + 1)..]];
            case >= 9 when TokenAt(input, at) is var (start, end) && end > start:
                // Well-formed but for what it says: this gets past parsers.
                return [.. input[..start], .. Some(words), .. input[end..]];
            default:
                var noise = new byte[random.Next(1, 16)];
                random.NextBytes(noise);
                return [.. input[..at], .. noise, .. input[at..]];
        }
    }

    /// <summary>The word, number or quoted text around a place.</summary>
    private static (int Start, int End) TokenAt(byte[] input, int at)
    {
        var (start, end) = (at, at);
        while (start > 0 && IsPart(input[start - 1])) start--;
        while (end < input.Length && IsPart(input[end])) end++;
        return start > 0 && end < input.Length && input[start - 1] == '"' && input[end] == '"'
            ? (start - 1, end + 1) : (start, end);

        static bool IsPart(byte letter) => char.IsAsciiLetterOrDigit((char)letter)
            || letter is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'/' or (byte)'+';
    }

    private byte[] Some(byte[][] all) => all[random.Next(all.Length)];
}
