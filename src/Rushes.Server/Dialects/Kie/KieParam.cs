using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;

namespace Rushes.Server.Dialects.Kie;

/// <summary>A task's <c>param</c>: the whole create request as one line of JSON.</summary>
internal static class KieParam
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As it was sent, links included; media that came as base64 are replaced by their addresses.</summary>
    public static string Of(JsonElement request, IReadOnlyList<ReceivedMedia> media, IReadOnlyDictionary<string, FileUri> stored) => Write(writer =>
    {
        foreach (var part in request.EnumerateObject())
        {
            if (!part.NameEquals("input"))
            {
                part.WriteTo(writer);
                continue;
            }
            writer.WriteStartObject("input");
            foreach (var field in part.Value.EnumerateObject())
            {
                if (media.Any(sent => sent.Path == $"$.input.{field.Name}") && stored.TryGetValue(field.Name, out var uri)) writer.WriteString(field.Name, uri.ToString());
                else field.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
    });

    /// <summary>What a kie client would have sent for a job that came in another dialect.</summary>
    /// <param name="listing">The model as kie's clients know it; null when they do not.</param>
    public static string Of(Job job, string model, Listing? listing) => Write(writer =>
    {
        writer.WriteString("model", model);
        writer.WriteStartObject("input");
        foreach (var field in JobInput.Parse(job.Input).All.EnumerateObject())
        {
            writer.WritePropertyName(listing?.Parameters.FirstOrDefault(known => known.Canonical == field.Name)?.Name ?? field.Name);
            field.Value.WriteTo(writer);
        }
        writer.WriteEndObject();
    });

    private static string Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
