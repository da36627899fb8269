namespace Rushes.Draft;

/// <summary>Ground in layers from far to near; nearer layers move faster.</summary>
internal sealed class Land(Scene scene, Palette palette, Stage stage, Clouds clouds, Dice dice, AssScript script)
{
    private const int FirstLayer = 10;

    public void Draw()
    {
        switch (scene.Place)
        {
            case Place.Hills: Ridges(5, 0.075f, 1.1f, sharp: 0, trees: 0.35f); break;
            case Place.Mountains: Ridges(5, 0.15f, 1.5f, sharp: 2, trees: 1); break;
            case Place.Forest: Ridges(5, 0.085f, 1f, sharp: 0, trees: 2.2f); break;
            case Place.Desert: Ridges(5, 0.11f, 0.8f, sharp: 0, trees: 0); break;
            case Place.Sea: Coast(); break;
            case Place.City: Skyline(); break;
            case Place.Underwater: Seabed(); break;
            case Place.Space: break;
        }
    }

    /// <param name="sharp">How many of the far layers are rock.</param>
    /// <param name="trees">How dense the trees of the near layers are.</param>
    private void Ridges(int count, float height, float frequency, int sharp, float trees)
    {
        for (var i = 0; i < count; i++)
        {
            var near = (i + 0.35f) / (count - 0.65f);
            var rock = i < sharp;
            var top = stage.Horizon + (0.9f - stage.Horizon) * MathF.Pow(near, 1.25f) - (rock ? 0.02f : 0);
            var swing = rock ? height * (1.25f - near) : height * (0.6f + 0.7f * near);
            var row = dice.Next();
            float Ridge(float x)
            {
                var place = x / stage.Height * 0.16f * frequency;
                var soft = clouds.At(place, row) - 0.5f;
                if (!rock) return (top - soft * 2.4f * swing) * stage.Height;
                var crest = 1 - MathF.Abs(clouds.At(place * 1.6f, row) * 2 - 1);
                var teeth = clouds.At(place * 9, row + 0.3f) - 0.5f;
                return (top + 0.07f - (crest * crest * 1.5f - 0.62f + teeth * 0.28f) * swing) * stage.Height;
            }

            var wooded = !rock && trees > 0 && (i > 1 || trees > 2);
            var outline = Ground(Ridge, near, rock ? 3 : 6);
            if (wooded) Grow(outline, Ridge, near, trees);
            Layer(i, near, palette.GroundAt(near), outline);
            if (i < count - 1) Mist(i, top + swing * 0.9f, near);
        }
    }

    private void Coast()
    {
        var row = dice.Next();
        float Ridge(float x) => stage.Height * (stage.Horizon + 0.012f
            - Math.Max(0, clouds.At(x / stage.Height * 0.1f, row) - 0.5f) * 0.42f);
        Layer(
            0, 0.1f, Rgb.Mix(palette.GroundAt(0.22f), palette.Horizon, 0.15f),
            Ground(Ridge, 0.1f, 5, stage.Height * (stage.Horizon + 0.006f)));
        var left = dice.Chance(0.5f);
        Boat(left ? dice.Between(0.68f, 0.9f) : dice.Between(0.1f, 0.32f), 0.045f);
        Boat(left ? dice.Between(0.25f, 0.45f) : dice.Between(0.55f, 0.75f), 0.105f);
    }

    private void Boat(float across, float size)
    {
        var s = stage.Height * size * 1.5f;
        var y = stage.Height * (stage.Horizon + size * 0.85f);
        var travel = -stage.Travel(0.45f) * 0.6f;
        var hull = new Outline().Move(-s * 0.5, -s * 0.02)
            .Curve(-s * 0.4, s * 0.16, s * 0.35, s * 0.16, s * 0.55, -s * 0.04)
            .Line(-s * 0.5, -s * 0.02)
            .Box(-s * 0.02, -s * 1.15, s * 0.03, s * 1.15);
        var sails = new Outline().Move(s * 0.04, -s * 1.12)
            .Curve(s * 0.2, -s * 0.7, s * 0.4, -s * 0.35, s * 0.46, -s * 0.14)
            .Line(s * 0.04, -s * 0.12)
            .Move(-s * 0.05, -s * 1.0).Curve(
                -s * 0.1, -s * 0.7, -s * 0.3, -s * 0.35, -s * 0.4, -s * 0.14).Line(-s * 0.05, -s * 0.12);
        var x = across * stage.Width;
        var rock = $"\\org({Num(x)},{Num(y)})\\frz-2" + string.Concat(Enumerable.Range(0, (int)stage.Seconds / 2 + 1)
            .Select(i => $"\\t({i * 2000},{i * 2000 + 1000},\\frz2)\\t({i * 2000 + 1000},{i * 2000 + 2000},\\frz-2)"));
        var move = $"\\move({Num(x)},{Num(y)},{Num(x + travel)},{Num(y)},0,{stage.Milliseconds}){rock}";
        script.Shape(FirstLayer + 2, $"{move}\\1c{Rgb.Mix(palette.Lit, palette.Glow, 0.4f).Ass}", sails.ToString());
        script.Shape(FirstLayer + 2, $"{move}\\1c{palette.Ground.Ass}", hull.ToString());
        var mirror = new Outline().Ellipse(0, s * 0.32, s * 0.34, s * 0.2);
        script.Shape(
            FirstLayer + 1,
            $"\\move({Num(x)},{Num(y)},{Num(x + travel)},{Num(y)},0,{stage.Milliseconds})"
                + $"\\blur{Num(s * 0.07)}\\1c{palette.Ground.Ass}\\1a&H90&",
            mirror.ToString());
    }

    private void Skyline()
    {
        for (var i = 0; i < 3; i++)
        {
            var near = 0.3f + i * 0.35f;
            var walls = new Outline();
            var windows = new[] { new Outline(), new Outline() };
            var (from, to) = Span(near);
            var foot = stage.Height * 1.02f;
            for (var x = from; x < to;)
            {
                var width = stage.Unit * dice.Between(6, 13) * (0.7f + 0.5f * near);
                var tall = stage.Height * (0.16f + 0.38f * MathF.Pow(dice.Next(), 1.6f)) * (1.15f - 0.45f * near);
                var top = stage.Height * (stage.Horizon + 0.11f * near) - tall;
                walls.Box(x, top, width, foot - top);
                if (dice.Chance(0.3f)) walls.Box(x + width * 0.2f, top - width * 0.25f, width * 0.6f, width * 0.3f);
                if (dice.Chance(0.22f)) walls.Box(x + width * 0.48f, top - width * 0.9f, width * 0.05f, width);
                if (scene.Light != Light.Day || dice.Chance(0.3f)) Windows(windows, x, top, width, foot);
                x += width * dice.Between(0.92f, 1.25f);
            }
            Layer(i, near, palette.GroundAt(0.25f + near * 0.72f), walls);
            var colour = scene.Light == Light.Day
                ? palette.Lit
                : Rgb.Mix(Rgb.Hex("FFD58A"), palette.Lit, scene.Tint is null ? 0.1f : 0.45f);
            var faint = 0xA8 - i * 0x38;
            Layer(i, near, colour, windows[0], $"\\1a&H{faint:X2}&\\blur0.4");
            Layer(
                i, near, colour, windows[1],
                $"\\1a&H{faint:X2}&\\t({stage.Milliseconds / 3},{stage.Milliseconds / 3 + 600},\\1a&HE8&)");
            Mist(i, stage.Horizon + 0.08f * near, near);
        }
    }

    private void Windows(Outline[] windows, float x, float top, float width, float foot)
    {
        var cell = Math.Max(4, stage.Unit * 1.45f);
        for (var y = top + cell; y < foot; y += cell * 1.25f)
            for (var column = x + cell * 0.6f; column < x + width - cell * 0.9f; column += cell)
                if (dice.Chance(0.3f)) windows[dice.Chance(0.15f) ? 1 : 0].Box(column, y, cell * 0.45f, cell * 0.62f);
    }

    private void Seabed()
    {
        for (var i = 0; i < 3; i++)
        {
            var near = 0.3f + i * 0.35f;
            var row = dice.Next();
            float Ridge(float x) => stage.Height * (0.84f + 0.05f * i - (clouds.At(x / stage.Height * 0.12f, row) - 0.5f) * 0.3f);
            Layer(i, near, palette.GroundAt(near), Ground(Ridge, near, 6));
            var (from, to) = Span(near);
            for (var x = from; x < to; x += stage.Unit * dice.Between(5, 16)) Weed(i, near, x, Ridge(x) + 6);
        }
    }

    private void Weed(int index, float near, float x, float y)
    {
        var tall = stage.Unit * dice.Between(5, 16) * (0.5f + near);
        var wide = stage.Unit * (0.5f + near * 0.6f);
        var lean = tall * dice.Between(-0.15f, 0.15f);
        var leaf = new Outline().Move(-wide / 2, 0).Curve(-wide * 1.6, -tall * 0.4, wide + lean, -tall * 0.6, lean, -tall)
            .Curve(wide * 2.2 + lean, -tall * 0.6, -wide * 0.2, -tall * 0.4, wide / 2, 0);
        var sway = dice.Between(3, 8);
        var turns = string.Concat(Enumerable.Range(0, (int)stage.Seconds / 3 + 1).Select(i =>
            $"\\t({i * 3000},{i * 3000 + 1500},\\frz{Num(-sway)})\\t({i * 3000 + 1500},{i * 3000 + 3000},\\frz{Num(sway)})"));
        Layer(index, near, palette.GroundAt(near), leaf, $"\\frz{Num(sway)}{turns}", x, y);
    }

    /// <summary>Trees along a ridge, as part of its outline: firs far away, a mix in front.</summary>
    private void Grow(Outline outline, Func<float, float> ridge, float near, float thickness)
    {
        var (from, to) = Span(near);
        var size = stage.Unit * (2f + 10f * near * near);
        for (var x = from; x < to; x += size * dice.Between(0.25f, 1.5f) / thickness)
        {
            if (thickness < 2 && clouds.At(x / stage.Width * 0.4f, near) < 0.47f) continue;
            var tall = size * dice.Between(0.7f, 1.5f);
            var foot = ridge(x) + size * 0.1f;
            if (scene.Place == Place.Hills) Round(outline, x, foot, tall * 0.8f);
            else Fir(outline, x, foot, tall);
        }
    }

    private static void Fir(Outline outline, float x, float foot, float tall)
    {
        outline.Box(x - tall * 0.025, foot - tall * 0.2, tall * 0.05, tall * 0.22);
        for (var i = 0; i < 4; i++)
        {
            var low = foot - tall * (0.1f + 0.2f * i);
            var half = tall * (0.24f - 0.048f * i);
            outline.Move(x, low - tall * 0.36).Line(x + half, low).Line(x, low - tall * 0.05).Line(x - half, low);
        }
    }

    private void Round(Outline outline, float x, float foot, float tall)
    {
        outline.Box(x - tall * 0.03, foot - tall * 0.4, tall * 0.06, tall * 0.42);
        for (var i = 0; i < 4; i++)
            outline.Circle(
                x + tall * dice.Between(-0.2f, 0.2f), foot - tall * dice.Between(0.45f, 0.78f),
                tall * dice.Between(0.16f, 0.24f));
    }

    /// <summary>
    /// From the ridge to below the frame (or to <paramref name="foot"/>), wide enough for the whole camera move.
    /// </summary>
    private Outline Ground(Func<float, float> ridge, float near, int step, float? foot = null)
    {
        var (from, to) = Span(near);
        var low = foot ?? stage.Height + 8;
        var outline = new Outline().Move(from, low);
        for (var x = from; x <= to; x += step) outline.Line(x, Math.Min(low, ridge(x)));
        return outline.Line(to, low);
    }

    private (float From, float To) Span(float near)
    {
        var travel = stage.Travel(near);
        return (Math.Min(0, travel) - 20, stage.Width + Math.Max(0, travel) + 20);
    }

    private void Layer(int index, float near, Rgb colour, Outline outline, string tags = "", float x = 0, float y = 0) =>
        script.Shape(FirstLayer + index * 3,
            $"\\move({Num(x)},{Num(y)},{Num(x - stage.Travel(near))},{Num(y)},0,{stage.Milliseconds})\\1c{colour.Ass}{tags}",
            outline.ToString());

    /// <summary>Light haze at the foot of a layer, which separates the layers.</summary>
    private void Mist(int index, float at, float near)
    {
        var thick = scene.Light switch { Light.Dawn => 0x90, Light.Night => 0xD0, _ => 0xB4 };
        var haze = Rgb.Mix(palette.Horizon, palette.Middle, 0.35f);
        var band = new Outline().Box(-40, at * stage.Height, stage.Width + 80, stage.Height * (0.05 + 0.06 * near));
        script.Shape(
            FirstLayer + index * 3 + 1, $"\\pos(0,0)\\blur{Num(stage.Unit * 3.2)}\\1c{haze.Ass}\\1a&H{thick:X2}&",
            band.ToString());
    }

    private static string Num(double value) => AssScript.Number(value);
}
