using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Client;

/// <summary>
/// Collects a request's fields: JSON in which each medium is an empty string for now, and where in it that string ends.
/// Absent and null are the same to the gateway, so nulls are left out.
/// </summary>
internal sealed class RequestFields : IDisposable
{
    private readonly ArrayBufferWriter<byte> json = new();
    private readonly Utf8JsonWriter writer;
    private readonly List<(int At, MediaInput Media)> media = [];

    private RequestFields() => writer = new Utf8JsonWriter(json);

    /// <summary>Makes bodies of one request, each of the same bytes.</summary>
    public static Func<RequestBody> Of(VideoRequest request)
    {
        using var fields = new RequestFields();
        fields.writer.WriteStartObject();
        request.Write(fields);
        fields.writer.WriteEndObject();
        fields.writer.Flush();
        var json = fields.json.WrittenMemory;
        // Measured here: that a file is missing is no fault of the gateway's, to be waited out.
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
        Add(name, value is { Url: { } url } ? url.AbsoluteUri : value is null ? null : "");
        writer.Flush();
        // Before the closing quote.
        if (value is { Url: null }) media.Add((json.WrittenCount - 1, value));
    }

    public void Dispose() => writer.Dispose();
}
