using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Rushes.Intake;

/// <summary>The part of a body that stays in memory: a growing pooled buffer, parsed in place at the end.</summary>
internal sealed class JsonSkeleton(int limit) : IDisposable
{
    public const int MaxDepth = 32;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private const string Duplicate = "Duplicate property ";

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(4096, limit));

    public int Length { get; private set; }

    /// <summary>Returns false if that would exceed the limit; nothing is added then.</summary>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > limit - Length) return false;
        if (bytes.Length > buffer.Length - Length) Grow(Length + bytes.Length);
        bytes.CopyTo(buffer.AsSpan(Length));
        Length += bytes.Length;
        return true;
    }

    public ReadOnlySpan<byte> Slice(int start, int length) => buffer.AsSpan(start, length);

    public void CutTo(int length) => Length = length;

    /// <summary>Returns a document over this buffer whose root is an object, or what is wrong.</summary>
    public (JsonDocument? Document, string? Problem) Parse(bool mediaCutOut)
    {
        var bytes = buffer.AsSpan(0, Length);
        if (bytes.StartsWith("\uFEFF"u8)) return (null, "The body begins with a byte order mark; send plain UTF-8 without one.");
        if (bytes.TrimStart(" \t\r\n"u8).IsEmpty) return (null, "The body is empty; send a JSON object.");
        if (!Utf8.IsValid(bytes)) return (null, "The body is not UTF-8.");
        // The parser accepts a lone surrogate and throws only when the string is read.
        if (HasLoneSurrogate(bytes))
            return (null, "The body escapes half of a surrogate pair (\\uD800 to \\uDFFF must be in pairs).");
        try
        {
            var document = JsonDocument.Parse(buffer.AsMemory(0, Length), Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return (document, null);
            document.Dispose();
            return (null, "The body must be a JSON object.");
        }
        catch (JsonException problem)
        {
            return (null, $"The body is not valid JSON: {Reason(problem, mediaCutOut)}");
        }
    }

    public void Dispose()
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        Length = 0;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Min(limit, buffer.Length * 2)));
        buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    /// <summary>The parser's message. Its column is left out if media were removed, because it would be wrong.</summary>
    private static string Reason(JsonException problem, bool mediaCutOut)
    {
        var text = problem.Message;
        var tail = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (tail >= 0) text = text[..tail];
        // Two of the parser's messages are meant for .NET developers.
        if (text.StartsWith(Duplicate, StringComparison.Ordinal))
            return $"{text[Duplicate.Length..text.LastIndexOf('\'')]}' stands twice in one object.";
        if (text.Contains("trailing comma", StringComparison.Ordinal)) text = "There is a comma behind the last value.";
        return mediaCutOut || problem.LineNumber is null
            ? text
            : $"{text} (line {problem.LineNumber + 1}, byte {problem.BytePositionInLine + 1})";
    }

    private static bool HasLoneSurrogate(ReadOnlySpan<byte> json)
    {
        int at;
        while ((at = json.IndexOf((byte)'\\')) >= 0)
        {
            json = json[at..];
            var unit = CodeUnit(json);
            if (unit is >= 0xDC00 and <= 0xDFFF) return true;
            if (unit is >= 0xD800 and <= 0xDBFF)
            {
                if (CodeUnit(json[6..]) is not (>= 0xDC00 and <= 0xDFFF)) return true;
                json = json[12..];
            }
            else
            {
                json = json[Math.Min(2, json.Length)..];
            }
        }
        return false;
    }

    /// <summary>The value of the <c>\uXXXX</c> at the start; -1 if there is none.</summary>
    private static int CodeUnit(ReadOnlySpan<byte> json) =>
        json.Length >= 6 && json[0] == '\\' && json[1] == 'u'
        && System.Buffers.Text.Utf8Parser.TryParse(json.Slice(2, 4), out ushort unit, out var used, 'x') && used == 4
            ? unit
            : -1;
}
