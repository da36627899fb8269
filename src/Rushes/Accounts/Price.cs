using Rushes.Catalog;

namespace Rushes.Accounts;

/// <summary>
/// The price of a video. It depends on the rendered frames, in seconds at the model's own frame rate; the frame rate of the
/// result does not matter.
/// </summary>
public static class Price
{
    /// <summary>Millionths of the currency unit, for each started five seconds; 0 if the family has no price.</summary>
    /// <param name="lines">The requested resolution. The nearest one with a price counts, the lower of two.</param>
    /// <param name="seconds">The rendered frames in seconds, at the model's own frame rate.</param>
    /// <param name="between">The number of frames interpolated between two rendered ones.</param>
    /// <param name="steps">The factor for the steps that each frame is rendered with.</param>
    public static long Of(Family family, int lines, double seconds, int between = 0, decimal steps = 1)
    {
        if (family.Price.Count == 0) return 0;
        return (long)Math.Round(
            At(family.Price, lines) * Periods(seconds) * (1 + between * (family.InterpolationFactor - 1)) * steps,
            MidpointRounding.AwayFromZero);
    }

    /// <summary>What the family's upscaler adds, in millionths of the currency unit; 0 if it costs nothing.</summary>
    /// <param name="shorter">The shorter side of the result.</param>
    /// <param name="seconds">The rendered frames in seconds, at the model's own frame rate.</param>
    public static long OfUpscale(Family family, int shorter, double seconds) =>
        family.Upscaler is { Price: { Count: > 0 } price } ? At(price, shorter) * Periods(seconds) : 0;

    private static long At(IReadOnlyDictionary<int, long> prices, int lines) =>
        prices.OrderBy(pair => pair.Key).MinBy(pair => Math.Abs(pair.Key - lines)).Value;

    /// <summary>Frames divided by a rate are seldom exact: 15 seconds must not become four steps.</summary>
    private static long Periods(double seconds) => Math.Max(1, (long)Math.Ceiling(seconds / Period.Seconds - 1e-6));
}
