using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Media;

namespace Rushes.Intake;

/// <summary>Writes a request's input: the client's fields under their canonical names, without nulls.</summary>
internal static class InputWriter
{
    /// <summary>No validation, because everything that is written was parsed before.</summary>
    private static readonly JsonWriterOptions Trusted = new() { SkipValidation = true };

    /// <summary>The stored form: media replaced by their addresses, and the seed chosen.</summary>
    /// <param name="media">By the name in the request.</param>
    /// <param name="withDefaults">Adds the defaults of the dialect's own list of fields, which engines do not know.</param>
    public static string Write(RequestFields fields, IReadOnlyDictionary<string, FileUri> media, long seed, bool withDefaults) =>
        Write(fields, writer =>
    {
        foreach (var field in fields.All.EnumerateObject())
        {
            var name = field.Name;
            if (field.Value.ValueKind == JsonValueKind.Null || name == "seed") continue;
            writer.WritePropertyName(fields.CanonicalOf(name));
            if (media.TryGetValue(name, out var uri)) writer.WriteStringValue(uri.ToString());
            else field.Value.WriteTo(writer);
        }
        if (withDefaults) WriteDefaults(writer, fields, parameter => parameter.Canonical);
        writer.WriteNumber("seed", seed);
    });

    /// <summary>
    /// The form of a dry run, with the names of the dialect: media described, the catalog's defaults added.
    /// </summary>
    public static string Describe(RequestFields fields, IReadOnlyList<InputMedium> media) => Write(fields, writer =>
    {
        foreach (var field in fields.All.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Null) continue;
            writer.WritePropertyName(field.Name);
            if (media.FirstOrDefault(medium => medium.Name == field.Name) is { } found) Describe(writer, found.Facts);
            else field.Value.WriteTo(writer);
        }
        WriteDefaults(writer, fields, parameter => parameter.Name);
    });

    private static void WriteDefaults(Utf8JsonWriter writer, RequestFields fields, Func<Parameter, string> name)
    {
        foreach (var parameter in fields.Defaulted())
        {
            writer.WritePropertyName(name(parameter));
            parameter.Default!.Value.WriteTo(writer);
        }
    }

    private static void Describe(Utf8JsonWriter writer, MediaFacts facts)
    {
        writer.WriteStartObject();
        writer.WriteString("type", facts.Type.ContentType);
        if (facts.IsVisual)
        {
            writer.WriteNumber("width", facts.Width);
            writer.WriteNumber("height", facts.Height);
        }
        if (facts.Type.Kind != MediaKind.Picture) writer.WriteNumber("seconds", Math.Round(facts.Seconds, 3));
        writer.WriteEndObject();
    }

    private static string Write(RequestFields fields, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(JsonMarshal.GetRawUtf8Value(fields.All).Length + 512);
        using (var writer = new Utf8JsonWriter(buffer, Trusted))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
