using Rushes.Jobs;

namespace Rushes.Draft;

/// <summary>Rounded bars that move from right to left; the current time is in the middle.</summary>
internal static class Waveform
{
    private const double BarsPerSecond = 14;

    public static void Draw(AssScript script, Loudness loudness, RenderPlan plan)
    {
        var (width, height) = (plan.Render.Width, plan.Render.Height);
        var unit = Math.Sqrt((double)width * height) / 100;
        var (pitch, bar, tallest) = (unit * 1.35, unit * 0.62, unit * 5.6);
        var middle = height - unit * 6.2;
        var reach = Math.Min(width * 0.36, unit * 38);

        script.Shape(50, $"\\pos(0,0)\\blur{AssScript.Number(unit * 3)}\\1c&H000000&\\1a&H74&",
            new Outline().Box(-unit * 8, middle - unit * 3.4, width + unit * 16, unit * 20).ToString());
        for (var frame = 0; frame < plan.Delivery.Frames; frame++)
        {
            var now = frame / plan.Delivery.Rate;
            var (past, coming) = (new Outline(), new Outline());
            var first = (int)Math.Ceiling((now - reach / pitch / BarsPerSecond) * BarsPerSecond);
            for (var i = first; (i / BarsPerSecond - now) * BarsPerSecond * pitch < reach; i++)
            {
                var x = (i / BarsPerSecond - now) * BarsPerSecond * pitch;
                var edge = Math.Cos(x / reach * Math.PI / 2);
                var tall = bar + tallest * edge * Math.Pow(loudness.Level(i / BarsPerSecond), 2.2);
                var wide = bar * Math.Min(1, edge * 2.5);
                (x <= 0 ? past : coming).RoundBox(width / 2.0 + x - wide / 2, middle - tall / 2, wide, tall, wide / 2);
            }
            // Half a frame early, so that rounding to hundredths leaves no frame without bars.
            var (from, to) = ((frame - 0.5) / plan.Delivery.Rate, (frame + 0.5) / plan.Delivery.Rate);
            script.Shape(55, "\\pos(0,0)\\1c&HFFFFFF&\\1a&H10&", past.ToString(), from, to);
            script.Shape(55, "\\pos(0,0)\\1c&HFFFFFF&\\1a&H90&", coming.ToString(), from, to);
        }
    }
}
