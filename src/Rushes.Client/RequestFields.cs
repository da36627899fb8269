using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Client;

/// <summary>
/// Collects a request's fields as JSON in which each file is an empty string, and the position of each file.
/// The gateway treats null fields as absent, so they are left out.
/// </summary>
internal sealed class RequestFields : IDisposable
{
    private readonly ArrayBufferWriter<byte> json = new();
    private readonly Utf8JsonWriter writer;
    private readonly List<(int At, MediaInput Media)> media = [];

    private RequestFields() => writer = new Utf8JsonWriter(json);

    /// <summary>Returns a function that makes identical bodies, for retries.</summary>
    public static Func<RequestBody> Of(VideoRequest request)
    {
        using var fields = new RequestFields();
        fields.writer.WriteStartObject();
        request.Write(fields);
        fields.writer.WriteEndObject();
        fields.writer.Flush();
        var json = fields.json.WrittenMemory;
        // Measured here, so that a missing file fails at once and is not retried.
        (int, MediaInput, long?)[] media = [.. fields.media.Select(one => (one.At, one.Media, one.Media.Measure()))];
        return () => new RequestBody(json, media);
    }

    public void Add(string name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    public void Add(string name, long? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
    }

    public void Add(string name, double? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
    }

    public void Add(string name, bool? value)
    {
        if (value is { } flag) writer.WriteBoolean(name, flag);
    }

    public void Add(string name, JsonNode? value)
    {
        if (value is null) return;
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }

    public void Add(string name, MediaInput? value)
    {
        writer.Flush();
        Add(name, value is { Source: { } url } ? url.AbsoluteUri : value is null ? null : "");
        writer.Flush();
        // Before the closing quote.
        if (value is { Source: null }) media.Add((json.WrittenCount - 1, value));
    }

    public void Dispose() => writer.Dispose();
}
