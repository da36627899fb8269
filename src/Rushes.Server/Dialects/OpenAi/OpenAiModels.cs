using Rushes.Catalog;
using Rushes.Intake;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>The models of the catalog, and the operator's other names for them, such as <c>sora-2</c>.</summary>
/// <param name="setting">The setting <c>openai-models</c>, see <see cref="ModelNames"/>.</param>
/// <exception cref="FormatException">The setting is invalid.</exception>
internal sealed class OpenAiModels(ModelCatalog catalog, string? setting)
{
    public const string Dialect = "openai";

    /// <summary>The code of a problem: no such model.</summary>
    public const string NotFound = "model_not_found";

    /// <summary>The model of requests that name none, as in OpenAI's API.</summary>
    private const string Default = "sora-2";

    private readonly ModelNames named = new(catalog, "OpenaiModels", setting);

    /// <summary>The operator's names, then the ids of the catalog.</summary>
    public IEnumerable<(string Name, Model Model)> All =>
        named.All.Concat(catalog.Models.Select(model => (model.Id, model)));

    /// <param name="name">As the client sent it; null if it sent none.</param>
    /// <param name="tier">A tier of the model's family, instead of the model's own.</param>
    /// <param name="withReference">Whether the request has an input reference.</param>
    public (Listing? Listing, string Name, Problem? Problem) Choose(string? name, string? tier, bool withReference)
    {
        var model = named.Find(name ?? Default, withReference) ?? catalog.Find(name ?? Default);
        if (model is null)
            return (null, "", name is null ? Problem.BadField("model", $"is missing; {Allowed()}") : Unknown(name));
        if (tier is not null && model.Tier.Name != tier)
        {
            var siblings = catalog.Models.Where(other => other.Family == model.Family).ToArray();
            if (Array.Find(siblings, other => other.Tier.Name == tier) is not { } sibling)
            {
                var tiers = string.Join(", ", siblings.Select(each => each.Tier.Name));
                return (null, "", Problem.BadField("tier", $"is \"{Excerpt.Of(tier)}\"; send one of {tiers}"));
            }
            model = sibling;
        }
        return (catalog.Find(Dialect, model.Id)!, name ?? Default, null);
    }

    private Problem Unknown(string name) =>
        Problem.BadField("model", $"is \"{Excerpt.Of(name)}\", which does not exist; {Allowed()}") with { Code = NotFound };

    private string Allowed() => $"send one of {string.Join(", ", All.Select(entry => entry.Name))}";
}
