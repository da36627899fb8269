using Rushes.Catalog;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>What is done with a video: it is edited, or continued. The kind of a model decides which of them it can do.</summary>
/// <param name="Verb">For error messages.</param>
/// <param name="Usual">The kind of model that is used if the request names none.</param>
internal sealed record OpenAiChange(string Verb, ModelKind Usual)
{
    public static readonly OpenAiChange Edit = new("edit", ModelKind.VideoToVideo);

    public static readonly OpenAiChange Extension = new("continue", ModelKind.VideoExtend);

    /// <summary>Models that give a clip sound can also make one from a picture, so they do not need a clip.</summary>
    public bool IsPossible(Model model) => (model.Kind.NeedsClip || model.Kind == ModelKind.Foley)
        && (model.Kind == ModelKind.VideoExtend) == (Usual == ModelKind.VideoExtend);

    /// <summary>
    /// The model of a request that names none: the operator's default, or else the first of the usual kind; null if there is
    /// neither.
    /// </summary>
    public string? ModelOf(OpenAiModels models, ModelCatalog catalog) =>
        models.Choose(null, null, withReference: true).Listing is { } named && IsPossible(named.Model)
            ? null
            : catalog.Models.FirstOrDefault(model => model.Kind == Usual)?.Id;

    /// <summary>The models that can do it, as the end of an error message.</summary>
    public string Allowed(ModelCatalog catalog)
    {
        var able = catalog.Models.Where(IsPossible).Select(model => model.Id).ToArray();
        return able.Length == 0 ? "no model can" : $"send one of {string.Join(", ", able)}";
    }
}
