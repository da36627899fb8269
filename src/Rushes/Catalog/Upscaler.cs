namespace Rushes.Catalog;

/// <summary>A model that makes the results of another one larger.</summary>
/// <param name="Model">The id of a model of the kind <see cref="ModelKind.Upscale"/>; the operator may have disabled it.</param>
/// <param name="Price">Of each started five seconds, by the shorter side of the result, in millionths of the currency unit;
/// empty: it costs nothing.</param>
public sealed record Upscaler(string Model, IReadOnlyDictionary<int, long> Price)
{
    /// <summary>Instead of a model in the catalog: ffmpeg makes all results larger.</summary>
    public const string None = "none";
}
