using System.Text.Json;

namespace Rushes.Safety;

/// <summary>
/// Parses <c>{"results": [{"flagged", "categories", "category_scores", "category_applied_input_types"}]}</c>.
/// </summary>
internal static class ModerationAnswer
{
    private const int MaxNameLength = 64;

    /// <exception cref="JsonException">The response is invalid.</exception>
    public static Moderation Read(ReadOnlyMemory<byte> json) => Reply.Read(() => Parse(json));

    private static Moderation Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (!Is(document.RootElement, "results", JsonValueKind.Array, out var results) || results.GetArrayLength() == 0)
            throw new JsonException();
        foreach (var result in results.EnumerateArray())
        {
            if (result.ValueKind != JsonValueKind.Object || !result.TryGetProperty("flagged", out var flagged))
                throw new JsonException();
            if (flagged.ValueKind == JsonValueKind.True) return Flagged(result);
            if (flagged.ValueKind != JsonValueKind.False) throw new JsonException();
        }
        return new Moderation.Clean();
    }

    /// <summary>Named after the flagged category with the highest score.</summary>
    private static Moderation.Flagged Flagged(JsonElement result)
    {
        var category = Is(result, "categories", JsonValueKind.Object, out var categories)
            ? categories.EnumerateObject()
                .Where(found => found.Value.ValueKind == JsonValueKind.True)
                .Select(found => found.Name)
                .MaxBy(name => Score(result, name))
            : null;
        if (category is null or { Length: 0 or > MaxNameLength }) return new Moderation.Flagged("unspecified", ByImage: false);
        var types = Is(result, "category_applied_input_types", JsonValueKind.Object, out var applied)
            && Is(applied, category, JsonValueKind.Array, out var list)
            ? list.EnumerateArray()
                .Where(type => type.ValueKind == JsonValueKind.String)
                .Select(type => type.GetString())
                .ToArray()
            : [];
        return new Moderation.Flagged(category, ByImage: types is ["image"]);
    }

    private static double Score(JsonElement result, string category) =>
        Is(result, "category_scores", JsonValueKind.Object, out var scores)
            && Is(scores, category, JsonValueKind.Number, out var score)
            ? score.GetDouble()
            : 0;

    private static bool Is(JsonElement parent, string name, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out value) && value.ValueKind == kind;
    }
}
