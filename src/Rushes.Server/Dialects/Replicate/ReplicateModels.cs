using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>
/// The models of the catalog under the owner <c>rushes</c>, and the operator's names for them, such as
/// <c>wan-video/wan-2.2-t2v-fast</c>.
/// </summary>
/// <param name="names">The setting <c>replicate-models</c>: <c>OWNER/NAME=MODEL</c>, separated by commas.</param>
internal sealed class ReplicateModels(ModelCatalog catalog, string? names)
{
    public const string Dialect = "replicate", Owner = "rushes";

    private readonly Dictionary<string, Listing> named = Parse(catalog, names);

    /// <summary>By the model's id.</summary>
    private readonly Dictionary<string, string> hashes = catalog.Listings
        .Where(listing => listing.Dialect == Dialect)
        .ToDictionary(listing => listing.Id, HashOf, StringComparer.Ordinal);

    /// <summary>By <c>owner/name</c>.</summary>
    public Listing? Find(string name)
    {
        if (named.TryGetValue(name, out var listing)) return listing;
        return name.StartsWith(Owner + "/", StringComparison.Ordinal) && catalog.Find(name[(Owner.Length + 1)..]) is { } model
            ? catalog.Find(Dialect, model.Id)
            : null;
    }

    /// <summary>By a version: <c>owner/name</c>, <c>owner/name:hash</c>, or a hash of this gateway.</summary>
    /// <returns>The model and its name. The hash of a name that the operator gave is not checked.</returns>
    public (Listing? Listing, string Name) FindVersion(string version)
    {
        var (name, hash) = version.Split(':', 2) is [var left, var right] ? (left, right) : (version, null);
        if (!name.Contains('/', StringComparison.Ordinal))
            return hashes.FirstOrDefault(known => known.Value == name).Key is { } id
                ? (catalog.Find(Dialect, id), NameOf(id))
                : (null, version);
        var listing = Find(name);
        return hash is null || named.ContainsKey(name) || (listing is not null && VersionOf(listing) == hash)
            ? (listing, name)
            : (null, version);
    }

    public static string NameOf(string model) => $"{Owner}/{model}";

    /// <summary>The same until the model's fields change.</summary>
    public string VersionOf(Listing listing) => hashes[listing.Id];

    private static string HashOf(Listing listing) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(listing.Id + FieldSchema.Of(listing.Parameters).ToJsonString())));

    public ReplicateVersion Describe(Listing listing)
    {
        var schema = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject
                {
                    ["Input"] = FieldSchema.Of(listing.Parameters),
                    ["Output"] = new JsonObject { ["type"] = "string", ["format"] = "uri" },
                },
            },
        };
        return new ReplicateVersion(VersionOf(listing), JsonElement.Parse(schema.ToJsonString()));
    }

    /// <exception cref="FormatException">The setting is invalid.</exception>
    private static Dictionary<string, Listing> Parse(ModelCatalog catalog, string? names)
    {
        var found = new Dictionary<string, Listing>(StringComparer.Ordinal);
        const StringSplitOptions trim = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        foreach (var entry in (names ?? "").Split(',', trim))
        {
            if (entry.Split('=', trim) is not [var name, var id] || name.Split('/').Length != 2)
                throw new FormatException($"ReplicateModels: \"{entry}\" is invalid; write OWNER/NAME=MODEL.");
            found[name] = catalog.Find(id) is { } model && catalog.Find(Dialect, model.Id) is { } listing
                ? listing
                : throw new FormatException($"ReplicateModels: the catalog has no model \"{id}\".");
        }
        return found;
    }
}
