namespace Rushes.Draft;

/// <summary>Text in the frame: the caption below, the draft label above.</summary>
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
