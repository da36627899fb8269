using System.Globalization;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Intake;

namespace Rushes.Server.Dialects.OpenRouter;

/// <summary>
/// The models of the catalog under the owner <c>rushes</c>, and the operator's names for them, such as <c>google/veo-3.1</c>.
/// </summary>
/// <param name="setting">The setting <c>openrouter-models</c>, see <see cref="ModelNames"/>.</param>
/// <exception cref="FormatException">The setting is invalid.</exception>
internal sealed class OpenRouterModelList(ModelCatalog catalog, string? setting)
{
    public const string Dialect = "openrouter";

    private const string Owner = "rushes/";

    private readonly ModelNames named = new(catalog, "OpenrouterModels", setting);

    /// <param name="withImage">Whether the request has an image.</param>
    /// <returns>Null if there is no such model.</returns>
    public Listing? Find(string name, bool withImage)
    {
        var id = name.StartsWith(Owner, StringComparison.Ordinal) ? name[Owner.Length..] : name;
        return (named.Find(name, withImage) ?? catalog.Find(id)) is { } model ? catalog.Find(Dialect, model.Id) : null;
    }

    /// <summary>The names that clients can send, as the end of an error message.</summary>
    public string Allowed() => $"send one of {string.Join(", ", Names().Select(entry => entry.Name))}";

    /// <summary>The models that are available to an account.</summary>
    public IEnumerable<OpenRouterModel> Of(int account, PlanLimits limits) =>
        Names().Where(entry => limits.CheckModel(account, entry.Model) is null)
            .Select(entry => Describe(entry.Name, entry.Model));

    private IEnumerable<(string Name, Model Model)> Names() =>
        named.All.Concat(catalog.Models.Select(model => (Owner + model.Id, model)));

    private OpenRouterModel Describe(string name, Model model)
    {
        var family = model.Family;
        var sizes = ModelSizes.Of(family);
        var parameters = catalog.Find(Dialect, model.Id)!.Parameters;
        var isShaped = sizes.Count > 0;
        return new OpenRouterModel
        {
            Id = name,
            CanonicalSlug = Owner + model.Id,
            Name = family.Title,
            Description = $"{family.Title}, {model.Kind.Name}, tier {model.Tier.Name}.",
            SupportedResolutions = isShaped ? OptionsOf(parameters, "resolution") : null,
            SupportedAspectRatios = isShaped ? OptionsOf(parameters, "aspect_ratio") : null,
            SupportedSizes = isShaped ? [.. sizes.Select(size => size.Name)] : null,
            SupportedDurations = isShaped ? [.. Enumerable.Range(1, (int)family.MaxSeconds.Values.Max())] : null,
            SupportedFrameImages = FramesOf(parameters),
            GenerateAudio = model.Kind == ModelKind.Foley || family.Sound,
            Seed = true,
            PricingSkus = family.Price.Count == 0 ? null : family.Price.ToDictionary(
                price => string.Create(CultureInfo.InvariantCulture, $"per_started_5_seconds_{price.Key}p"),
                price => Money.Text(price.Value)),
            AllowedPassthroughParameters =
                [.. parameters.Select(field => field.Name).Where(field => !OpenRouterFields.IsOwn(field)), "draft"],
        };
    }

    private static List<string>? OptionsOf(IReadOnlyList<Parameter> parameters, string name) =>
        parameters.FirstOrDefault(field => field.Name == name)?.Options?.Where(option => option != "auto").ToList();

    private static string[]? FramesOf(IReadOnlyList<Parameter> parameters)
    {
        string[] frames = [.. OpenRouterFields.Frames.Where(frame => parameters.Any(
            field => field.Name == frame && field.Media.Contains(MediaKind.Picture)))];
        return frames.Length > 0 ? frames : null;
    }
}
