using System.Buffers;
using System.Text;
using System.Text.Json;
using Rushes.Files;
using Rushes.Intake;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>The <c>input</c> of a prediction.</summary>
internal static class ReplicateInput
{
    /// <summary>Fields that have no effect alone are rejected.</summary>
    public static Problem? Check(JsonElement input)
    {
        if (Has("size")) return Problem.BadField("size", "is not a field of this API; send resolution and aspect_ratio");
        if (Has("fps") && !Has("num_frames")) return Problem.BadField("fps", "needs num_frames");
        if (Has("aspect_ratio") && !Has("resolution")) return Problem.BadField("aspect_ratio", "needs resolution");
        return null;

        bool Has(string name) => input.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>The input as it was sent; base64 media are replaced by their storage addresses.</summary>
    public static string Echo(
        string model, JsonElement input, IReadOnlyList<ReceivedMedia> media, IReadOnlyDictionary<string, FileUri> stored)
    {
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
