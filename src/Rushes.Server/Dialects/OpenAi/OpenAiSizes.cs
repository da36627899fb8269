using Rushes.Catalog;
using Rushes.Media;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>The sizes that a model makes, and the catalog's fields that request them.</summary>
internal static class OpenAiSizes
{
    /// <summary>The size of requests that name none, where the model makes it.</summary>
    public const string Default = "720x1280";

    private static readonly string[] Aspects = ["16:9", "9:16", "1:1"];

    /// <summary>Empty for models that keep the size of a clip.</summary>
    public static IReadOnlyList<OpenAiSize> Of(Family family) => family.Kind switch
    {
        ModelKind.TextToVideo => [.. family.Sizes.Select(size => new OpenAiSize(size, null, null))],
        ModelKind.Foley => [],
        _ =>
        [
            .. from height in family.Heights
               where height % 16 == 0
               from aspect in Aspects
               select new OpenAiSize(
                   FrameGeometry.OfAspect(Size.Parse(aspect.Replace(':', 'x')), height), $"{height}p", aspect),
        ],
    };
}

/// <param name="Resolution">With <paramref name="Aspect"/>, requests the size; null where width and height do.</param>
internal sealed record OpenAiSize(Size Size, string? Resolution, string? Aspect);
