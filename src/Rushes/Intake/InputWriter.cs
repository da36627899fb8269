using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Rushes.Files;

namespace Rushes.Intake;

/// <summary>Writes the input that is kept with the job: the client's fields, nulls left out, media replaced by their addresses, the seed settled.</summary>
internal static class InputWriter
{
    public static string Write(JsonElement fields, IReadOnlyDictionary<string, FileUri> media, long seed)
    {
        var buffer = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(fields).Length + 256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var field in fields.EnumerateObject())
            {
                if (field.Value.ValueKind == JsonValueKind.Null || field.NameEquals("seed")) continue;
                if (media.TryGetValue(field.Name, out var uri)) writer.WriteString(field.Name, uri.ToString());
                else field.WriteTo(writer);
            }
            writer.WriteNumber("seed", seed);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
