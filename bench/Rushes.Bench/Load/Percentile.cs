namespace Rushes.Bench.Load;

internal static class Percentile
{
    /// <param name="part">Such as 0.99.</param>
    public static double Of(IEnumerable<double> figures, double part)
    {
        var sorted = figures.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
    }
}
