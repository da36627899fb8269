namespace Rushes.Draft;

/// <summary>Objects in the sky and the air: sun and stars, birds, snow, rain, embers, bubbles.</summary>
internal sealed class Ornaments(Scene scene, Palette palette, Stage stage, Dice dice, AssScript script)
{
    public void Draw()
    {
        if (scene.Place == Place.Space || (scene.Light == Light.Night && scene.Place != Place.Underwater)) Stars();
        if (scene.Place == Place.Space) Planet();
        else if (scene.Place != Place.Underwater) Disc();
        if (scene.Place == Place.Underwater) Shoal();
        else if (scene.Place != Place.Space && scene.Light != Light.Night && scene.Air is Air.Clear) Birds();

        if (scene.Place == Place.Underwater) Drift(36, 0.25f, 0.8f, rise: 0.35f, Rgb.White, 0x78, blur: 0.6f);
        else if (scene.Air == Air.Snow) Drift(130, 0.22f, 0.62f, rise: -0.5f, Rgb.White, 0x28, blur: 0.8f);
        else if (scene.Air == Air.Embers) Drift(70, 0.16f, 0.4f, rise: 0.6f, Rgb.Hex("FFB04A"), 0x20, blur: 0.9f);
        else if (scene.Air == Air.Fireflies) Drift(34, 0.3f, 0.5f, rise: 0.08f, Rgb.Hex("FFF0A0"), 0x30, blur: 1.6f, low: 0.45f);
        else if (scene.Air == Air.Rain) Rain();
    }

    private void Disc()
    {
        var radius = stage.Unit * (scene.Light is Light.Sunset or Light.Dawn ? 5.4f : 3.8f);
        var (x, y) = (stage.LightX * stage.Width, stage.LightY * stage.Height);
        var sinks = scene.Light == Light.Sunset ? radius * 0.35f : scene.Light == Light.Dawn ? -radius * 0.35f : 0;
        var place = $"\\move({Num(x)},{Num(y)},{Num(x)},{Num(y + sinks)},0,{stage.Milliseconds})";
        script.Shape(
            2, $"{place}\\blur{Num(radius * 0.5)}\\1c{palette.Glow.Ass}\\1a&H90&",
            new Outline().Circle(0, 0, radius * 1.35f).ToString());
        script.Shape(3, $"{place}\\blur1\\1c{palette.Glow.Ass}\\1a&H08&", new Outline().Circle(0, 0, radius).ToString());
        if (scene.Light != Light.Night) return;
        foreach (var (dx, dy, size) in new[]
            { (-0.3f, -0.2f, 0.24f), (0.25f, 0.3f, 0.3f), (0.3f, -0.35f, 0.14f), (-0.25f, 0.45f, 0.12f) })
            script.Shape(
                4, $"{place}\\blur{Num(radius * 0.06)}\\1c{palette.Middle.Ass}\\1a&HD0&",
                new Outline().Circle(dx * radius, dy * radius, radius * size).ToString());
    }

    private void Stars()
    {
        var floor = Math.Min(1, stage.Horizon);
        for (var i = 0; i < (scene.Place == Place.Space ? 150 : 80); i++)
        {
            var bright = MathF.Pow(dice.Next(), 3);
            var radius = stage.Unit * (0.07f + 0.16f * bright);
            var (x, y) = (dice.Next() * stage.Width, MathF.Pow(dice.Next(), 1.3f) * floor * stage.Height);
            var drift = scene.Place == Place.Space ? -stage.Travel(0.12f + 0.25f * bright) : 0;
            var (dim, full) = (0xB0 - (int)(70 * bright), 0x50 - (int)(0x40 * bright));
            var phase = dice.Below(1500);
            var twinkle = string.Concat(Enumerable.Range(0, (int)stage.Seconds / 2 + 1).Select(k =>
                $"\\t({k * 2000 + phase},{k * 2000 + phase + 700},\\1a&H{full:X2}&)"
                + $"\\t({k * 2000 + phase + 700},{k * 2000 + phase + 1700},\\1a&H{dim:X2}&)"));
            script.Shape(1,
                $"\\move({Num(x)},{Num(y)},{Num(x + drift)},{Num(y)},0,{stage.Milliseconds})"
                + $"\\blur{Num(0.4 + bright * 0.8)}\\1c{Rgb.Mix(Rgb.White, palette.Lit, dice.Next() * 0.4f).Ass}"
                + $"\\1a&H{dim:X2}&{(bright > 0.1f ? twinkle : "")}",
                new Outline().Circle(0, 0, radius).ToString());
        }
    }

    private void Planet()
    {
        var radius = stage.Unit * dice.Between(15, 21);
        var (x, y) = (stage.LightX * stage.Width, stage.Height * dice.Between(0.42f, 0.52f));
        var side = stage.LightX < 0.5f ? -1 : 1;
        var body = Rgb.Mix(palette.Lit, palette.Glow, 0.25f);
        var disc = new Outline().Circle(x, y, radius).ToString();
        var within = $"\\pos(0,0)\\clip(4,{disc})";
        script.Shape(
            5, $"\\pos(0,0)\\blur{Num(radius * 0.22)}\\1c{palette.Lit.Ass}\\1a&H90&",
            new Outline().Circle(x, y, radius * 1.06).ToString());
        script.Shape(6, $"\\pos(0,0)\\1c{body.Ass}", disc);
        for (var i = 0; i < 7; i++)
        {
            var at = y - radius + radius * 2 * (i + dice.Next()) / 7;
            script.Shape(7,
                $"{within}\\blur{Num(radius * 0.05)}\\1c{Rgb.Mix(palette.Shade, palette.Glow, dice.Next()).Ass}"
                + $"\\1a&H{dice.Below(60) + 110:X2}&",
                new Outline().Ellipse(x + radius * dice.Between(-0.3f, 0.3f), at, radius * 1.4f,
                    radius * dice.Between(0.04f, 0.12f)).ToString());
        }
        script.Shape(8, $"{within}\\blur{Num(radius * 0.3)}\\1c{palette.Zenith.Ass}\\1a&H10&",
            new Outline().Circle(x - side * radius * 0.75, y + radius * 0.5, radius * 1.05).ToString());
        Moon(x, y, radius, side);
    }

    private void Moon(float x, float y, float radius, int side)
    {
        var size = radius * 0.13f;
        var (from, to) = (x - side * radius * 1.9f, x - side * radius * 1.3f);
        script.Shape(9,
            $"\\move({Num(from)},{Num(y - radius * 0.5)},{Num(to)},{Num(y - radius * 0.72)},0,{stage.Milliseconds})"
            + $"\\blur0.7\\1c{palette.Glow.Ass}",
            new Outline().Move(0, -size).Curve(size * 1.3, -size, size * 1.3, size, 0, size)
                .Curve(size * 0.5, size * 0.6, size * 0.5, -size * 0.6, 0, -size).ToString());
    }

    private void Birds()
    {
        var (x, y) = (stage.Width * dice.Between(0.2f, 0.5f), stage.Height * dice.Between(0.16f, 0.34f));
        for (var i = 0; i < 5; i++)
        {
            var size = stage.Unit * dice.Between(1.1f, 1.7f);
            var (dx, dy) = (-stage.Heading * stage.Unit * 4.4f * ((i + 1) / 2),
                stage.Unit * 2.6f * ((i + 1) / 2) * (i % 2 == 0 ? 1 : -0.8f));
            var beat = 360 + dice.Below(120);
            var wings = string.Concat(Enumerable.Range(0, stage.Milliseconds / beat / 2 + 1).Select(k =>
                $"\\t({k * 2 * beat},{(k * 2 + 1) * beat},\\fscy35)\\t({(k * 2 + 1) * beat},{(k * 2 + 2) * beat},\\fscy100)"));
            var far = stage.Heading * stage.Unit * 4.5f * (float)stage.Seconds;
            script.Shape(30,
                $"\\move({Num(x + dx)},{Num(y + dy)},{Num(x + dx + far)},{Num(y + dy - stage.Unit * 3)},0,{stage.Milliseconds})"
                + $"\\1c{Rgb.Mix(palette.Ground, palette.Middle, 0.2f).Ass}\\1a&H30&\\fscy100{wings}",
                new Outline().Move(0, 0)
                    .Curve(size * 0.35, -size * 0.55, size * 0.8, -size * 0.6, size * 1.3, -size * 0.3)
                    .Curve(size * 0.8, -size * 0.42, size * 0.4, -size * 0.3, 0, size * 0.2)
                    .Curve(-size * 0.4, -size * 0.3, -size * 0.8, -size * 0.42, -size * 1.3, -size * 0.3).Curve(
                        -size * 0.8, -size * 0.6, -size * 0.35, -size * 0.55, 0, 0).ToString());
        }
    }

    private void Shoal()
    {
        for (var i = 0; i < 14; i++)
        {
            var near = dice.Next();
            var size = stage.Unit * (1 + 2.6f * near);
            var (x, y) = (stage.Width * dice.Between(0.05f, 0.95f), stage.Height * dice.Between(0.25f, 0.75f));
            var far = stage.Heading * stage.Unit * (float)stage.Seconds * (2 + 4 * near);
            var s = stage.Heading * size;
            script.Shape(12,
                $"\\move({Num(x - far / 2)},{Num(y)},{Num(x + far / 2)},{Num(y - size * dice.Between(-1.5f, 1.5f))},"
                + $"0,{stage.Milliseconds})\\1c{palette.GroundAt(0.35f + 0.5f * near).Ass}\\1a&H{0x60 - (int)(near * 0x40):X2}&",
                new Outline().Move(s, 0)
                    .Curve(s * 0.5, -size * 0.55, -s * 0.3, -size * 0.5, -s * 0.8, -size * 0.06)
                    .Line(-s * 1.35, -size * 0.42)
                    .Line(-s * 1.2, 0)
                    .Line(-s * 1.35, size * 0.42)
                    .Line(-s * 0.8, size * 0.06).Curve(-s * 0.3, size * 0.5, s * 0.5, size * 0.55, s, 0).ToString());
        }
    }

    /// <summary>Floating particles; each repeats during the clip, out of phase with the others.</summary>
    /// <param name="rise">Frame heights in five seconds; negative for falling.</param>
    private void Drift(int count, float small, float large, float rise, Rgb colour, int alpha, float blur, float low = -0.1f)
    {
        for (var i = 0; i < count; i++)
        {
            var near = dice.Next();
            var radius = stage.Unit * (small + (large - small) * near * near);
            var far = -rise * stage.Height * (float)stage.Seconds / 5 * (0.5f + near);
            var span = 1.1f - low + MathF.Abs(far) / stage.Height;
            var y = (low + dice.Next() * span) * stage.Height - Math.Max(0, far);
            var x = dice.Between(-0.1f, 1.1f) * stage.Width;
            var side = -stage.Travel(0.3f + 0.5f * near) * 0.7f + stage.Unit * dice.Between(-4, 4);
            var faint = Math.Clamp(alpha + (int)(90 * (1 - near)), 0, 255);
            script.Shape(40,
                $"\\move({Num(x)},{Num(y)},{Num(x + side)},{Num(y + far)},0,{stage.Milliseconds})"
                + $"\\blur{Num(stage.Unit * 0.16f * blur * (0.6f + near))}\\1c{colour.Ass}\\1a&H{faint:X2}&{Pulse(alpha, faint)}",
                new Outline().Circle(0, 0, radius).ToString());
        }
    }

    private string Pulse(int alpha, int faint)
    {
        if (scene.Air is not (Air.Fireflies or Air.Embers) || scene.Place == Place.Underwater) return "";
        var start = dice.Below(1600);
        return string.Concat(Enumerable.Range(0, (int)stage.Seconds / 2 + 1).Select(k =>
            $"\\t({start + k * 2000},{start + k * 2000 + 600},\\1a&HE0&)"
            + $"\\t({start + k * 2000 + 600},{start + k * 2000 + 1500},\\1a&H{Math.Min(alpha, faint):X2}&)"));
    }

    private void Rain()
    {
        var fall = stage.Height * 1.3f;
        for (var i = 0; i < 340; i++)
        {
            var near = dice.Next();
            var length = stage.Unit * (2 + 4 * near);
            var x = dice.Between(-0.1f, 1.2f) * stage.Width;
            var seconds = 0.75f - 0.3f * near;
            var start = dice.Next() * (stage.Seconds + seconds) - seconds;
            // A start before the first frame is written as a move in progress.
            var skip = (int)(Math.Max(0, -start) * 1000);
            script.Shape(40,
                $"\\move({Num(x)},{Num(-length)},{Num(x - fall * 0.12f)},{Num(fall - length)},"
                + $"{-skip},{(int)(seconds * 1000) - skip})"
                + $"\\1c{Rgb.Mix(palette.Horizon, Rgb.White, 0.5f).Ass}\\1a&H{0xB0 - (int)(near * 0x50):X2}&",
                new Outline().Move(0, 0)
                    .Line(stage.Unit * 0.2, 0)
                    .Line(stage.Unit * 0.2 - length * 0.12, length)
                    .Line(-length * 0.12, length)
                    .ToString(),
                Math.Max(0, start), start + seconds);
        }
    }

    private static string Num(double value) => AssScript.Number(value);
}
