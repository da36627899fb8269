using System.Runtime.CompilerServices;
using Rushes.Catalog;
using Rushes.Media;

namespace Rushes.Intake;

/// <summary>The sizes that a model makes, and the catalog's fields that request them.</summary>
public static class ModelSizes
{
    private static readonly string[] Aspects = ["16:9", "9:16", "1:1"];

    /// <summary>Every create call of several APIs needs them.</summary>
    private static readonly ConditionalWeakTable<Family, IReadOnlyList<ModelSize>> Known = [];

    /// <summary>Empty for models that keep the size of a clip.</summary>
    public static IReadOnlyList<ModelSize> Of(Family family) => Known.GetValue(family, Find);

    private static IReadOnlyList<ModelSize> Find(Family family) => family.Kind switch
    {
        ModelKind.TextToVideo => [.. family.Sizes.Select(size => new ModelSize(size, null, null))],
        ModelKind.Foley or ModelKind.Upscale => [],
        _ =>
        [
            .. from height in family.Heights
               where height % 16 == 0
               from aspect in Aspects
               select new ModelSize(
                   FrameGeometry.OfAspect(Size.Parse(aspect.Replace(':', 'x')), height), $"{height}p", aspect),
        ],
    };
}

/// <param name="Resolution">With <paramref name="Aspect"/>, requests the size; null where width and height do.</param>
public sealed record ModelSize(Size Size, string? Resolution, string? Aspect)
{
    /// <summary>Such as <c>1280x720</c>.</summary>
    public string Name { get; } = Size.ToString();
}
