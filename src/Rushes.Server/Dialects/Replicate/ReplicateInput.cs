using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>The <c>input</c> of a prediction.</summary>
internal static class ReplicateInput
{
    public static bool HasImage(JsonElement input) =>
        input.TryGetProperty("image", out var image) && image.ValueKind != JsonValueKind.Null;

    /// <summary>The fields of the model's listing, where <c>size</c>, <c>aspect_ratio</c> and <c>fps</c> have an effect alone.
    /// </summary>
    public static (JsonElement Fields, Problem? Problem) Convert(JsonElement input, Listing listing)
    {
        var shape = new ShapeFields(input, listing, "duration") { LimitsFrames = false };
        if (!shape.ChangesAny) return (input, null);
        var buffer = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(input).Length + 256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (shape.Write(writer) is { } problem) return (default, problem);
            foreach (var field in input.EnumerateObject())
                if (!shape.Writes(field.Name)) field.WriteTo(writer);
            writer.WriteEndObject();
        }
        return (JsonElement.Parse(buffer.WrittenSpan), null);
    }

    /// <summary>The input as it was sent; base64 media are replaced by their storage addresses.</summary>
    public static string Echo(
        string model, JsonElement input, IReadOnlyList<ReceivedMedia> media, IReadOnlyDictionary<string, FileUri> stored)
    {
        if (media.Count == 0) return $$"""{"model":"{{JsonEncodedText.Encode(model)}}","input":{{input.GetRawText()}}}""";
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("model", model);
            writer.WriteStartObject("input");
            foreach (var field in input.EnumerateObject())
            {
                if (media.Any(sent => sent.Name == field.Name) && stored.TryGetValue(field.Name, out var uri))
                    writer.WriteString(field.Name, uri.ToString());
                else field.WriteTo(writer);
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
