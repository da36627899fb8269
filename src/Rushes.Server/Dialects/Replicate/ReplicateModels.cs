using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Server.Reference;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>
/// The models of the catalog under the owner <c>rushes</c>, and the operator's names for them, such as
/// <c>wan-video/wan-2.2-t2v-fast</c>.
/// </summary>
/// <param name="setting">The setting <c>replicate-models</c>, see <see cref="ModelNames"/>; names are <c>OWNER/NAME</c>.</param>
/// <exception cref="FormatException">The setting is invalid.</exception>
internal sealed class ReplicateModels(ModelCatalog catalog, string? setting)
{
    public const string Dialect = "replicate", Owner = "rushes";

    private readonly ModelNames named = Parse(catalog, setting);

    /// <summary>By the model's id.</summary>
    private readonly Dictionary<string, string> hashes = catalog.Listings
        .Where(listing => listing.Dialect == Dialect)
        .ToDictionary(listing => listing.Id, HashOf, StringComparer.Ordinal);

    /// <summary>The operator's names, then those of the catalog.</summary>
    public IEnumerable<(string Name, Model Model)> All =>
        named.All.Concat(catalog.Models.Select(model => (NameOf(model.Id), model)));

    /// <summary>By <c>owner/name</c>.</summary>
    /// <param name="withImage">Whether the request has an image.</param>
    public Listing? Find(string name, bool withImage = false)
    {
        var model = named.Find(name, withImage)
            ?? (name.StartsWith(Owner + "/", StringComparison.Ordinal) ? catalog.Find(name[(Owner.Length + 1)..]) : null);
        return model is null ? null : catalog.Find(Dialect, model.Id);
    }

    /// <summary>By a version: <c>owner/name</c>, <c>owner/name:hash</c>, or a hash of this gateway.</summary>
    /// <returns>The model and its name. The hash of a name that the operator gave is not checked.</returns>
    public (Listing? Listing, string Name) FindVersion(string version, bool withImage)
    {
        var (name, hash) = version.Split(':', 2) is [var left, var right] ? (left, right) : (version, null);
        if (!name.Contains('/', StringComparison.Ordinal))
            return hashes.FirstOrDefault(known => known.Value == name).Key is { } id
                ? (catalog.Find(Dialect, id), NameOf(id))
                : (null, version);
        var listing = Find(name, withImage);
        return hash is null || named.Contains(name) || (listing is not null && VersionOf(listing) == hash)
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

    /// <param name="name"><c>owner/name</c>, as the client knows it.</param>
    /// <param name="from">The base of URLs.</param>
    public ReplicateModel Describe(string name, Listing listing, string from)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return new ReplicateModel
        {
            Url = $"{from}/v1/models/{name}",
            Owner = name[..slash],
            Name = name[(slash + 1)..],
            Description = listing.Model.Family.Title,
            LatestVersion = Describe(listing),
        };
    }

    private static ModelNames Parse(ModelCatalog catalog, string? setting)
    {
        var names = new ModelNames(catalog, "ReplicateModels", setting);
        return names.All.FirstOrDefault(entry => entry.Name.Split('/').Length != 2) is { Name: { } bad }
            ? throw new FormatException($"ReplicateModels: \"{bad}\" is invalid; write OWNER/NAME=MODEL.")
            : names;
    }
}
