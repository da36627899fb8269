using Rushes.Engines;

namespace Rushes.Draft;

/// <summary>Text in the frame: the prompt, the draft label, and a text that says that no model made the video.</summary>
internal static class Lettering
{
    /// <summary>A small label in the upper right corner, which shows that no model made the video.</summary>
    public static void Mark(AssScript script, int width, int height)
    {
        var unit = Math.Clamp(Math.Sqrt((double)width * height) / 100, 1, 24);
        var (w, h) = (unit * 9.6, unit * 3.3);
        var (x, y) = (width - w - unit * 2.4, unit * 2.4);
        script.Shape(80, "\\pos(0,0)\\1c&H000000&\\1a&H96&", new Outline().RoundBox(x, y, w, h, h / 2).ToString());
        script.Shape(81, "\\pos(0,0)\\1c&H4A4AF0&\\1a&H10&", new Outline().Circle(x + h * 0.5, y + h / 2, h * 0.13).ToString());
        script.Text(
            81,
            $"\\an5\\pos({Num(x + w / 2 + h * 0.26)},{Num(y + h / 2)})\\fs{Num(unit * 2)}\\b1\\fsp{Num(unit * 0.22)}\\1a&H18&",
            "DRAFT");
    }

    /// <summary>
    /// In the upper left corner: that no model is attached, and the size, seed and number of each frame, for developers who
    /// check what their application requested.
    /// </summary>
    public static void Facts(AssScript script, EngineJob job)
    {
        var (render, delivery) = (job.Plan.Render, job.Plan.Delivery);
        var unit = Math.Clamp(Math.Sqrt((double)render.Width * render.Height) / 100, 1, 24);
        var (x, y, size) = (unit * 2.4, unit * 2.4, unit * 2.9);
        var style = $"\\bord{Num(unit * 0.12)}\\3c&H000000&\\3a&H70&\\shad{Num(unit * 0.12)}\\4a&H80&";
        script.Text(75, $"\\an7\\pos({Num(x)},{Num(y)})\\fs{Num(size)}\\b1{style}", "Placeholder: no model is attached");
        for (var frame = 0; frame < delivery.Frames; frame++)
        {
            // Half a frame early, so that rounding to hundredths leaves no frame without text.
            var (from, to) = ((frame - 0.5) / delivery.Rate, (frame + 0.5) / delivery.Rate);
            script.Text(
                75, $"\\an7\\pos({Num(x)},{Num(y + size * 1.35)})\\fs{Num(unit * 2.2)}{style}",
                FormattableString.Invariant(
                    $"{delivery.Width} × {delivery.Height}   seed {job.Input.Seed}   frame {frame + 1} / {delivery.Frames}"),
                from, to);
        }
    }

    /// <summary>The prompt, in two lines in a wide frame and three in a tall one.</summary>
    public static void Caption(AssScript script, string prompt, int width, int height)
    {
        var size = Math.Clamp(Math.Sqrt((double)width * height) * 0.043, 7, 64);
        var lines = Draft.Caption.Lines(prompt, width * 0.86 / size, width > height * 1.2 ? 2 : 3);
        if (lines.Count == 0) return;

        var tall = size * 1.3 * lines.Count;
        script.Shape(60, $"\\pos(0,0)\\blur{Num(size * 1.4)}\\1c&H000000&\\1a&H78&",
            new Outline().Box(-width * 0.1, height - tall - size * 0.5, width * 1.2, tall + size * 3).ToString());
        for (var i = 0; i < lines.Count; i++)
        {
            var y = height - size * 0.75 - (lines.Count - 1 - i) * size * 1.28;
            script.Text(70,
                $"\\an2\\pos({Num(width / 2.0)},{Num(y)})\\fs{Num(size)}\\bord{Num(size * 0.03)}"
                + $"\\3c&H000000&\\3a&H60&\\shad{Num(size * 0.05)}\\4a&H70&\\fad(500,0)",
                AssScript.Escape(lines[i]));
        }
    }

    private static string Num(double value) => AssScript.Number(value);
}
