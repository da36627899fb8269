using System.Globalization;
using System.Text;

namespace Rushes.Draft;

/// <summary>Measured values as an ffmpeg expression.</summary>
internal static class Curve
{
    /// <summary>
    /// A tree of comparisons, so that ffmpeg finds the value of a frame in a few steps: <paramref name="value"/> by frame
    /// from 0, linear between at most <paramref name="knots"/> points. The variable <paramref name="variable"/> counts from
    /// <paramref name="first"/>.
    /// </summary>
    public static string Expression(Func<int, double> value, int frames, int knots, string variable, int first)
    {
        var step = Math.Max(1, (frames + knots - 1) / knots);
        var text = new StringBuilder();
        Branch(0, (frames + step - 1) / step);
        return text.ToString();

        void Branch(int from, int to)
        {
            if (to - from > 1)
            {
                var middle = (from + to) / 2;
                text.Append(CultureInfo.InvariantCulture, $"if(lt({variable},{middle * step + first}),");
                Branch(from, middle);
                text.Append(',');
                Branch(middle, to);
                text.Append(')');
                return;
            }
            var (start, end) = (value(from * step), value(Math.Min(frames, (from + 1) * step)));
            text.Append(step == 1
                ? start.ToString("0.###", CultureInfo.InvariantCulture)
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{start:0.###}+({variable}-{from * step + first})*{(end - start) / step:0.#####}"));
        }
    }
}
