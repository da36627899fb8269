using System.Globalization;
using System.Security;
using System.Text;

namespace Rushes.Bench;

/// <param name="Points">In the order of their first value.</param>
internal sealed record Line(string Name, IReadOnlyList<(double At, double Value)> Points);

/// <summary>A drawing for docs/performance.md, in SVG that is readable on light and dark pages.</summary>
internal sealed record Plot(string Name, string Svg)
{
    private const int Width = 720, Height = 300, Left = 70, Right = 200, Top = 40, Bottom = 40;

    private static readonly string[] Colors = ["#2563eb", "#dc2626", "#059669", "#9333ea"];

    /// <summary>Lines over a logarithmic axis of numbers; the other axis begins at 0.</summary>
    public static Plot Lines(string name, string title, IReadOnlyList<Line> lines)
    {
        var points = lines.SelectMany(line => line.Points).ToList();
        var (first, last) = (Math.Log10(points.Min(point => point.At)), Math.Log10(points.Max(point => point.At)));
        List<double> powers = [];
        for (var power = Math.Ceiling(first); power <= last; power++) powers.Add(Math.Pow(10, power));
        return Lines(
            name, title, lines, at => (Math.Log10(at) - first) / Math.Max(1, last - first),
            [.. powers.Select(power => (power, Short(power)))], dots: true);
    }

    /// <summary>Lines over the hours of a day.</summary>
    public static Plot Hours(string name, string title, IReadOnlyList<Line> lines) => Lines(
        name, title, lines, at => at / 24,
        [.. Enumerable.Range(0, 9).Select(third => (3.0 * third, $"{3 * third}:00"))], dots: false);

    /// <param name="across">Where a number is on the axis, from 0 to 1.</param>
    private static Plot Lines(
        string name, string title, IReadOnlyList<Line> lines, Func<double, double> across,
        IReadOnlyList<(double At, string Text)> marks, bool dots)
    {
        // Rounded: sums of parts of 100 % can be a little more.
        var most = Above(Math.Round(lines.SelectMany(line => line.Points).Max(point => point.Value), 6));
        double X(double at) => Left + across(at) * (Width - Left - Right);
        double Y(double value) => Height - Bottom - value / most * (Height - Top - Bottom);

        var svg = Begin(title, Height);
        foreach (var (at, text) in marks) Text(svg, X(at), Height - Bottom + 20, text, "middle");
        for (var part = 0; part <= 4; part++)
        {
            var y = Y(most * part / 4);
            Add(svg, $"""<line x1="{Left}" x2="{Width - Right}" y1="{y:0.0}" y2="{y:0.0}" stroke="#8888" stroke-width="0.5"/>""");
            Text(svg, Left - 8, y + 4, Short(most * part / 4), "end");
        }
        foreach (var (index, line) in lines.Index())
        {
            var path = string.Join(' ', line.Points.Select(point =>
                string.Create(CultureInfo.InvariantCulture, $"{X(point.At):0.0},{Y(point.Value):0.0}")));
            Add(svg, $"""<polyline points="{path}" fill="none" stroke="{Colors[index]}" stroke-width="2"/>""");
            foreach (var (at, value) in dots || line.Points.Count == 1 ? line.Points : [])
                Add(svg, $"""<circle cx="{X(at):0.0}" cy="{Y(value):0.0}" r="3" fill="{Colors[index]}"/>""");
            Rectangle(svg, Width - Right + 15, Top + index * 22, 12, 12, Colors[index]);
            Text(svg, Width - Right + 33, Top + index * 22 + 11, line.Name, "start");
        }
        return End(name, svg);
    }

    /// <summary>A bar for each figure that has an aim, as a part of the aim: from the line on, it is held.</summary>
    public static Plot Bars(string name, string title, IReadOnlyList<(string Name, double Value)> bars)
    {
        const int Names = 400, Step = 22;
        var height = Top + bars.Count * Step + 10;
        double Length(double value) => Math.Min(2, value) / 2 * (Width - Names - 60);
        var svg = Begin(title, height);
        foreach (var (index, (label, value)) in bars.Index())
        {
            var y = Top + index * Step;
            Text(svg, Names - 8, y + 12, label, "end");
            Rectangle(svg, Names, y, Length(value), 14, Colors[value >= 1 ? 2 : 1]);
            Text(svg, Names + Length(value) + 6, y + 12, value.ToString("0.00", CultureInfo.InvariantCulture), "start");
        }
        var one = Names + Length(1);
        Add(svg, $"""<path d="M{one:0.0},{Top - 6} V{height - 8}" stroke="#888" stroke-dasharray="3 3"/>""");
        return End(name, svg);
    }

    private static StringBuilder Begin(string title, int height)
    {
        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" """);
        Add(svg, $"""font-family="sans-serif" font-size="12">""");
        Text(svg, 10, 20, title, "start", "bold");
        return svg;
    }

    private static Plot End(string name, StringBuilder svg) => new(name, svg.Append("</svg>\n").ToString());

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor, string weight = "normal")
    {
        var escaped = SecurityElement.Escape(text);
        Add(svg, $"""<text x="{x:0.0}" y="{y:0.0}" text-anchor="{anchor}" font-weight="{weight}" fill="#777">{escaped}</text>""");
    }

    private static void Rectangle(StringBuilder svg, double x, double y, double width, int height, string color) => Add(
        svg, $"""<rect x="{x:0.0}" y="{y:0.0}" width="{width:0.0}" height="{height}" fill="{color}"/>""");

    private static void Add(StringBuilder svg, FormattableString line) =>
        svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>A round number at or above the value, whose quarters are short.</summary>
    private static double Above(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return ((double[])[1, 2, 4, 6, 8, 10]).First(factor => factor * power >= value) * power;
    }

    private static string Short(double value) => value switch
    {
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.##} M"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.##} k"),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
