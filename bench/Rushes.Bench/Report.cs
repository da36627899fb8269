using System.Globalization;
using System.Text;

namespace Rushes.Bench;

/// <summary>A line of the table.</summary>
internal sealed record Row(string What, string Ours, string Against, string Ratio, string Aim)
{
    /// <summary>How much of the aim is reached, 1 or more if it is held; null without an aim that is a ratio.</summary>
    public double? Reached { get; private init; }

    /// <summary>Where more is better.</summary>
    public static Row Of(string what, Side ours, Side against, double? aim = null) =>
        Compared(what, ours, against, ours.Median / against.Median, aim);

    /// <summary>Where less is better: the ratio still says how much of the other's pace is reached.</summary>
    public static Row OfTimes(string what, Side ours, Side against, double? aim = null) =>
        Compared(what, ours, against, against.Median / ours.Median, aim);

    /// <summary>Where less is better, as a multiple of the other's.</summary>
    public static Row OfCosts(string what, Side ours, Side against, double most)
    {
        var ratio = ours.Median / against.Median;
        return new Row(
            what, $"{ours}", $"{against.Name}: {against}", Plain(ratio), Held(ratio <= most, $"{Plain(most)} or less"))
        {
            Reached = most / ratio,
        };
    }

    /// <summary>The last of several sizes beside the first.</summary>
    public static Row OfGrowth(string what, IReadOnlyList<Side> sizes) => new(
        what, $"{sizes[^1]}", $"{sizes[0].Name.Split(", ")[0]}: {sizes[0]}", Plain(sizes[^1].Median / sizes[0].Median), "");

    public static string Held(bool held, string aim) => aim.Length == 0 ? "" : $"{aim}: {(held ? "held" : "**missed**")}";

    private static Row Compared(string what, Side ours, Side against, double ratio, double? aim) => new(
        what, $"{ours}", $"{against.Name}: {against}", Plain(ratio),
        Held(ratio >= aim, aim is null ? "" : $"{Plain(aim.Value)} or more"))
    {
        Reached = ratio / aim,
    };

    private static string Plain(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);
}

/// <summary>What is printed at the end, in Markdown.</summary>
internal static class Report
{
    public static string Of(IEnumerable<Row> rows, Plan plan)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"# Benchmarks");
        Line($"Made by `bench/run`, a part after the other. [How to read it](../docs/performance.md)");
        Line($"");
        Line($"Machine: {Machine.Describe()}. The servers, the load and the disk share it.");
        Line($"Medians of {plan.Rounds} rounds, of growth {plan.ScaleRounds}; minimum and maximum in brackets.");
        Line($"");
        Line($"| measured | Rushes | against | ratio | aim |");
        Line($"|---|---|---|---|---|");
        foreach (var row in rows) Line($"| {row.What} | {row.Ours} | {row.Against} | {row.Ratio} | {row.Aim} |");
        return text.ToString();
    }

    public static Plot AimsOf(IEnumerable<Row> rows) => Plot.Bars(
        "aims", "Ratios as a part of their aim; held from the dashed line on",
        [.. rows.Where(row => row.Reached is not null).Select(row => (row.What, row.Reached!.Value))]);
}
