using Rushes.Catalog;

namespace Rushes.Accounts;

/// <summary>
/// What a video costs a charging account. It follows the frames that are drawn, counted in seconds at the model's own rate:
/// another frame rate of the file changes nothing.
/// </summary>
public static class Price
{
    private const double Step = 5;

    /// <summary>Millionths of the currency's unit, for each started five seconds; 0 where the family has no price.</summary>
    /// <param name="lines">The height class it was asked in; the nearest that has a price counts, the lower of two.</param>
    /// <param name="seconds">The drawn frames at the model's own rate.</param>
    /// <param name="between">Frames interpolated between each two drawn ones.</param>
    public static long Of(Family family, int lines, double seconds, int between = 0)
    {
        if (family.Price.Count == 0) return 0;
        var (_, price) = family.Price.OrderBy(pair => pair.Key).MinBy(pair => Math.Abs(pair.Key - lines));
        // Frames over a rate are seldom whole: 15 seconds must not come out as four steps.
        var steps = Math.Max(1, (long)Math.Ceiling(seconds / Step - 1e-6));
        return (long)Math.Round(price * steps * (1 + between * (family.InterpolationFactor - 1)), MidpointRounding.AwayFromZero);
    }
}
