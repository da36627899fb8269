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

    /// <summary>The request as it was sent; base64 media are replaced by their storage addresses.</summary>
    public static string Of(
        JsonElement request, IReadOnlyList<ReceivedMedia> media, IReadOnlyDictionary<string, FileUri> stored) => Write(writer =>
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
                if (media.Any(sent => sent.Path == $"$.input.{field.Name}") && stored.TryGetValue(field.Name, out var uri))
                    writer.WriteString(field.Name, uri.ToString());
                else field.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
    });

    /// <summary>The equivalent kie request for a job that was created through another API.</summary>
    /// <param name="listing">The model's listing for kie clients; null if it has none.</param>
    public static string Of(Job job, string model, Listing? listing) => Write(writer =>
    {
        writer.WriteString("model", model);
        writer.WriteStartObject("input");
        foreach (var field in JobInput.Parse(job.Input).All.EnumerateObject())
        {
            writer.WritePropertyName(
                listing?.Parameters.FirstOrDefault(known => known.Canonical == field.Name)?.Name ?? field.Name);
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
