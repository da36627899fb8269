using System.Globalization;

namespace Rushes.Bench;

/// <summary>One side of a comparison: a figure for each round.</summary>
/// <param name="shown">A figure with its unit.</param>
internal sealed class Side(string name, Func<double, string> shown, Func<Task<double>> measure)
{
    private readonly List<double> figures = [];

    public string Name => name;

    /// <summary>With an even number of rounds, the mean of the two in the middle.</summary>
    public double Median =>
        (figures.Order().ElementAt((figures.Count - 1) / 2) + figures.Order().ElementAt(figures.Count / 2)) / 2;

    public double Largest => figures.Max();

    public double Last => figures[^1];

    public string Shown => shown(Median);

    public async Task<string> MeasureAsync()
    {
        figures.Add(await measure());
        return $"{name} {shown(figures[^1])}";
    }

    /// <summary>The median, with the least and the most.</summary>
    public override string ToString() => $"{shown(Median)} ({shown(figures.Min())} to {shown(Largest)})";
}

internal static class Rounds
{
    /// <summary>Measures the sides in turn, round after round, so that a slow minute of the machine meets them all.</summary>
    public static async Task RunAsync(string title, int count, params IReadOnlyList<Side> sides)
    {
        for (var round = 1; round <= count; round++)
        {
            var said = new List<string>();
            foreach (var side in sides) said.Add(await side.MeasureAsync());
            await Console.Error.WriteLineAsync($"{title} {round}/{count}: {string.Join(", ", said)}");
        }
    }

    public static string PerSecond(double value) => value < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{value:0}/s")
        : string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0.0} k/s");

    public static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ms");

    public static string Microseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0} µs");

    public static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} %");

    public static string Seconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} s");

    public static string Megabytes(double value) => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0} MB");

    public static string MegabytesPerSecond(double value) => Megabytes(value) + "/s";
}
