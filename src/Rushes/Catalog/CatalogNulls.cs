using System.Text.Json;

namespace Rushes.Catalog;

/// <summary>
/// Finds nulls in a catalog file. For a family or a listing null removes it, and for an optional field it is the same as
/// leaving it out; anywhere else it is an error.
/// </summary>
internal static class CatalogNulls
{
    private static readonly HashSet<string> Named = ["tiers", "lanes", "parameters", "loras", "plans", "models", "listings"];

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    };

    /// <summary>Where the first one is; null if there is none.</summary>
    public static IReadOnlyList<string>? Find(byte[] json)
    {
        using var file = JsonDocument.Parse(json, Lenient);
        return Find(file.RootElement, []);
    }

    private static IReadOnlyList<string>? Find(JsonElement value, IReadOnlyList<string> path) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Select(
            part => part.Value.ValueKind != JsonValueKind.Null ? Find(part.Value, [.. path, part.Name])
                : HoldsEntries(path) ? [.. path, part.Name]
                : null).FirstOrDefault(found => found is not null),
        JsonValueKind.Array => value.EnumerateArray().Select(
            part => part.ValueKind == JsonValueKind.Null ? path : Find(part, path)).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static bool HoldsEntries(IReadOnlyList<string> path) => path.Count == 0 || Named.Contains(path[^1]);
}
