using System.Text.Json;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Parses JSON as Python writes it: <c>NaN</c> and <c>Infinity</c>, which JSON does not have, are read as null.
/// </summary>
internal static class PythonJson
{
    private static readonly byte[][] Bare = ["-Infinity"u8.ToArray(), "Infinity"u8.ToArray(), "NaN"u8.ToArray()];

    /// <exception cref="JsonException">It is otherwise invalid.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return JsonDocument.Parse(utf8);
        }
        catch (JsonException) when (utf8.Span.IndexOf("NaN"u8) >= 0 || utf8.Span.IndexOf("Infinity"u8) >= 0)
        {
            return JsonDocument.Parse(WithoutBare(utf8.Span));
        }
    }

    private static byte[] WithoutBare(ReadOnlySpan<byte> utf8)
    {
        var clean = new List<byte>(utf8.Length);
        var inString = false;
        for (var at = 0; at < utf8.Length; at++)
        {
            var rest = utf8[at..];
            if (inString && rest[0] == '\\' && rest.Length > 1)
            {
                clean.AddRange(rest[..2]);
                at++;
                continue;
            }
            if (rest[0] == '"') inString = !inString;
            if (!inString && BareAt(rest) is { } bare)
            {
                clean.AddRange("null"u8);
                at += bare.Length - 1;
                continue;
            }
            clean.Add(rest[0]);
        }
        return [.. clean];
    }

    private static byte[]? BareAt(ReadOnlySpan<byte> rest)
    {
        foreach (var word in Bare)
            if (rest.StartsWith(word)) return word;
        return null;
    }
}
