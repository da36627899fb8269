using System.Buffers;
using System.Text;
using System.Text.Json;
using Rushes.Files;

namespace Rushes.Intake;

/// <summary>Writes the input that is kept with the job: the client's fields under their canonical names, nulls left out, media replaced by their addresses, the seed settled.</summary>
internal static class InputWriter
{
    /// <param name="media">By the name they were sent under.</param>
    public static string Write(RequestFields fields, IReadOnlyDictionary<string, FileUri> media, long seed)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var field in fields.All.EnumerateObject())
            {
                if (field.Value.ValueKind == JsonValueKind.Null || field.NameEquals("seed")) continue;
                writer.WritePropertyName(fields.CanonicalOf(field.Name));
                if (media.TryGetValue(field.Name, out var uri)) writer.WriteStringValue(uri.ToString());
                else field.Value.WriteTo(writer);
            }
            writer.WriteNumber("seed", seed);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
