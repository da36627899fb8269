using System.Globalization;
using System.Text.Json;
using Rushes.Intake;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>The arguments of a tool call. A number may be sent as a string, as some agents do.</summary>
internal sealed class McpArguments(IDictionary<string, JsonElement>? sent)
{
    private readonly IDictionary<string, JsonElement> sent = sent ?? new Dictionary<string, JsonElement>();

    /// <returns>Null if it is missing.</returns>
    public string? Text(string name) =>
        sent.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;

    /// <returns>The value, and what is wrong with it; neither if it is missing.</returns>
    public (long? Value, Problem? Problem) Number(string name, long min, long max)
    {
        if (Text(name) is not { } text) return default;
        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number >= min && number <= max
            ? (number, null)
            : (null, Problem.BadField(name, $"is \"{Excerpt.Of(text)}\"; send an integer from {min} to {max}"));
    }

    public bool IsTrue(string name) => Text(name) is { } text && string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>An object in it.</summary>
    /// <returns>Null if it is missing or of another type.</returns>
    public JsonElement? Object(string name) =>
        sent.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>All but some as a JSON object.</summary>
    public byte[] Without(params ReadOnlySpan<string> names)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in sent)
            {
                if (names.Contains(name)) continue;
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
