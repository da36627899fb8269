using System.Buffers;
using System.Text;
using System.Text.Json;
using Rushes.Jobs;

namespace Rushes.Database.Shared;

/// <summary>
/// The part of a job's input that lists show: the prompt and other short texts, such as the addresses of files. It is read from
/// the start of the input; what follows is not loaded.
/// </summary>
internal static class ListedInput
{
    /// <summary>The characters that are read. They hold a prompt and a negative prompt of any catalog's usual length.</summary>
    public const string Start = "65536";

    private const int Whole = 4096, MaxPromptLength = 5000, MaxTextLength = 1000;

    private static readonly JsonWriterOptions Trusted = new() { SkipValidation = true };

    /// <param name="start">The start of a JSON object.</param>
    public static string Of(ReadOnlySpan<byte> start)
    {
        if (start.Length <= Whole) return Encoding.UTF8.GetString(start);
        var reader = new Utf8JsonReader(start, isFinalBlock: false, state: default);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Trusted))
        {
            writer.WriteStartObject();
            if (reader.Read()) WriteTexts(ref reader, writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteTexts(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Names that lists show contain no escapes, and an escape may be half of a surrogate pair.
            var name = reader.ValueIsEscaped ? null : reader.GetString();
            if (!JsonDocument.TryParseValue(ref reader, out var value)) return;
            using (value)
            {
                if (name is null || value.RootElement.ValueKind != JsonValueKind.String) continue;
                var text = JobInput.TextOf(value.RootElement)!;
                if (name == "prompt") writer.WriteString(name, Excerpt.Of(text, MaxPromptLength, "…"));
                else if (text.Length <= MaxTextLength) writer.WriteString(name, text);
            }
        }
    }
}
