using System.Globalization;
using System.Text;

namespace Rushes.Draft;

/// <summary>Closed shapes as libass drawing commands. Points are in pixels and written in eighths.</summary>
internal sealed class Outline
{
    private readonly StringBuilder commands = new();
    private char last;

    public Outline Move(double x, double y) => Point('m', x, y);

    public Outline Line(double x, double y) => Point('l', x, y);

    public Outline Curve(double x1, double y1, double x2, double y2, double x, double y)
    {
        last = ' ';
        Point('b', x1, y1);
        last = 'b';
        return Point('b', x2, y2).Point('b', x, y);
    }

    public Outline Box(double x, double y, double width, double height) =>
        Move(x, y).Line(x + width, y).Line(x + width, y + height).Line(x, y + height);

    /// <summary>A box with rounded corners; a radius of half the shorter side makes a pill.</summary>
    public Outline RoundBox(double x, double y, double width, double height, double radius)
    {
        var (right, bottom) = (x + width, y + height);
        var k = radius * 0.448;
        return Move(x + radius, y).Line(right - radius, y).Curve(right - k, y, right, y + k, right, y + radius)
            .Line(right, bottom - radius).Curve(right, bottom - k, right - k, bottom, right - radius, bottom)
            .Line(x + radius, bottom).Curve(x + k, bottom, x, bottom - k, x, bottom - radius)
            .Line(x, y + radius).Curve(x, y + k, x + k, y, x + radius, y);
    }

    public Outline Ellipse(double x, double y, double rx, double ry)
    {
        const double k = 0.5523;
        return Move(x, y - ry).Curve(x + rx * k, y - ry, x + rx, y - ry * k, x + rx, y)
            .Curve(x + rx, y + ry * k, x + rx * k, y + ry, x, y + ry)
            .Curve(x - rx * k, y + ry, x - rx, y + ry * k, x - rx, y)
            .Curve(x - rx, y - ry * k, x - rx * k, y - ry, x, y - ry);
    }

    public Outline Circle(double x, double y, double radius) => Ellipse(x, y, radius, radius);

    public override string ToString() => commands.ToString();

    private Outline Point(char command, double x, double y)
    {
        if (command == 'm' || command != last) commands.Append(command).Append(' ');
        last = command;
        commands.Append(CultureInfo.InvariantCulture, $"{Math.Round(x * 8):0} {Math.Round(y * 8):0} ");
        return this;
    }
}
