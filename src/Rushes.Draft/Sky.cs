using System.Buffers.Binary;

namespace Rushes.Draft;

/// <summary>
/// The soft parts of a scene (sky, clouds, water, nebulae), computed at a low resolution and scaled up by ffmpeg: 16 bits per
/// channel, to avoid banding.
/// </summary>
internal sealed class Sky(Scene scene, Palette palette, Stage stage, Clouds clouds)
{
    private const int MaxPixels = 13_000;

    public int Width { get; } = Scaled(stage.Width, stage);

    public int Height { get; } = Scaled(stage.Height, stage);

    /// <summary>Writes frames as raw <c>rgb48le</c>.</summary>
    public async Task SaveAsync(string path, int frames, CancellationToken cancel)
    {
        await using var file = File.Create(path);
        const int batch = 16;
        var pictures = new byte[batch][];
        for (var i = 0; i < batch; i++) pictures[i] = new byte[Width * Height * 6];
        for (var first = 0; first < frames; first += batch)
        {
            var start = first;
            var count = Math.Min(batch, frames - first);
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancel },
                i => Draw(pictures[i], (float)(stage.Seconds * (start + i) / frames)));
            for (var i = 0; i < count; i++) await file.WriteAsync(pictures[i], cancel);
        }
    }

    private static int Scaled(int side, Stage stage) =>
        Math.Max(8, (int)(side * Math.Min(1, Math.Sqrt(MaxPixels / ((double)stage.Width * stage.Height)))));

    private void Draw(byte[] picture, float time)
    {
        var at = 0;
        for (var row = 0; row < Height; row++)
        {
            var v = (row + 0.5f) / Height;
            for (var column = 0; column < Width; column++, at += 6)
            {
                var colour = Colour((column + 0.5f) / Width, v, time);
                Put(picture, at, colour.R);
                Put(picture, at + 2, colour.G);
                Put(picture, at + 4, colour.B);
            }
        }
    }

    private static void Put(byte[] picture, int at, float part) =>
        BinaryPrimitives.WriteUInt16LittleEndian(picture.AsSpan(at), (ushort)(Math.Clamp(part, 0, 1) * 65535));

    private Rgb Colour(float u, float v, float time) => scene.Place switch
    {
        Place.Space => Nebula(u, v, time),
        Place.Underwater => Deep(u, v, time),
        Place.Sea when v > stage.Horizon => Water(u, v, time),
        // Covered by the ground.
        _ when v > stage.Horizon + 0.1f => palette.Horizon,
        _ => Heaven(u, v / stage.Horizon, time),
    };

    /// <summary>The sky with light and clouds; <paramref name="g"/> is 0 at the top and 1 at the horizon.</summary>
    private Rgb Heaven(float u, float g, float time)
    {
        g = Math.Clamp(g, 0, 1);
        var colour = g < 0.55f
            ? Rgb.Mix(palette.Zenith, palette.Middle, Smooth(0, 0.55f, g))
            : Rgb.Mix(palette.Middle, palette.Horizon, Smooth(0.55f, 1, g));

        var dx = (u - stage.LightX) * stage.Aspect;
        var dy = (g * stage.Horizon) - stage.LightY;
        var near = MathF.Sqrt(dx * dx + dy * dy * 1.3f);
        var strength = scene.Light switch { Light.Night => 0.4f, Light.Day => 0.6f, _ => 0.7f };
        colour = colour.Screen(palette.Horizon * (0.34f * MathF.Exp(-near * 2.2f))).Screen(
            palette.Glow * (strength * MathF.Exp(-near * 6)));

        // Clouds are closer together towards the horizon.
        var depth = 0.34f / (1.12f - g);
        var drift = stage.Heading * time * 0.004f;
        var x = (u - 0.5f) * stage.Aspect * depth * 0.42f + drift + time * 0.003f;
        var y = depth * 0.36f;
        var density = clouds.At(x, y) * 0.65f + clouds.At(x * 2.3f + 0.3f, y * 2.9f + drift) * 0.35f;
        var cover = Smooth(0.47f, 0.66f, density) * (1 - 0.55f * Smooth(0.8f, 1, g));
        if (cover <= 0) return colour;
        var towards = clouds.At(x - dx * 0.02f, y - dy * 0.02f - 0.012f);
        var lit = Math.Clamp(0.55f + (density - towards) * 3.2f + MathF.Exp(-near * 3) * 0.5f, 0, 1);
        var opacity = scene.Light == Light.Night ? 0.5f : 0.78f;
        return Rgb.Mix(
            colour, Rgb.Mix(palette.Shade, palette.Lit, lit).Screen(palette.Glow * (0.4f * MathF.Exp(-near * 5))),
            cover * opacity);
    }

    /// <summary>The sky mirrored and broken by waves, with the reflection of the light.</summary>
    private Rgb Water(float u, float v, float time)
    {
        var depth = (v - stage.Horizon) / (1 - stage.Horizon);
        var flat = 1 / (depth + 0.06f);
        var across = (u - 0.5f) * stage.Aspect * flat * 0.11f;
        var wave = clouds.At(across + time * 0.006f, flat * 0.35f + time * 0.045f)
                   + clouds.At(across * 2.1f - time * 0.011f, flat * 0.8f + time * 0.07f) - 1;
        var sky = Heaven(u + wave * 0.06f, 1 - depth * 0.75f + wave * 0.4f * (0.3f + depth), time);
        var colour = Rgb.Mix(sky, palette.Ground, 0.24f + 0.42f * depth) + palette.Horizon * (Math.Max(0, wave) * 0.22f);

        var off = (u - stage.LightX + wave * 0.05f) * stage.Aspect / (0.045f + 0.2f * depth);
        var glitter = MathF.Exp(-off * off) * Smooth(-0.05f, 0.3f, wave + 0.06f);
        return colour.Screen(palette.Glow * (glitter * (0.9f - 0.3f * depth)));
    }

    private Rgb Nebula(float u, float v, float time)
    {
        var x = u * stage.Aspect * 0.42f + stage.Heading * time * 0.004f;
        var y = v * 0.42f;
        var bend = clouds.At(x * 0.7f + 0.4f, y * 0.7f + time * 0.002f) - 0.5f;
        var warm = Smooth(0.44f, 0.78f, clouds.At(x + bend * 0.5f, y + bend * 0.35f));
        var cold = Smooth(0.42f, 0.8f, clouds.At(x * 0.8f + 0.55f - bend * 0.4f, y * 0.8f + 0.2f));
        var band = MathF.Exp(-MathF.Pow((v - 0.5f + (u - 0.5f) * 0.5f * stage.Heading) * 2.3f, 2));
        var colour = Rgb.Mix(palette.Zenith, palette.Middle, Smooth(0.1f, 0.9f, v + bend));
        colour += palette.Horizon * (0.6f * band) + palette.Shade * (cold * 0.7f * (0.35f + band));
        return colour + palette.Lit * (warm * warm * 0.75f * (0.3f + band)) + palette.Glow * (MathF.Pow(warm, 4) * band * 0.3f);
    }

    private Rgb Deep(float u, float v, float time)
    {
        var colour = v < 0.4f
            ? Rgb.Mix(palette.Zenith, palette.Middle, Smooth(-0.15f, 0.4f, v))
            : Rgb.Mix(palette.Middle, palette.Horizon, Smooth(0.4f, 1, v));
        var fan = (u - stage.LightX) * stage.Aspect / (v + 0.7f);
        var rays = clouds.At(fan * 0.5f + time * 0.006f, 0.4f + time * 0.012f) * 0.6f
            + clouds.At(fan * 1.1f - time * 0.009f, 0.1f + time * 0.02f) * 0.4f;
        var fade = MathF.Pow(Math.Max(0, 1 - v * 0.95f), 1.1f) * MathF.Exp(-fan * fan * 0.8f);
        var surface = Smooth(
            0.5f, 0.75f, clouds.At(u * stage.Aspect * 0.5f + time * 0.01f, v * 2.5f - time * 0.02f)) * MathF.Exp(-v * 9);
        return colour.Screen(palette.Glow * (Smooth(0.42f, 0.66f, rays) * fade * 0.62f + surface * 0.4f));
    }

    private static float Smooth(float from, float to, float value)
    {
        var t = Math.Clamp((value - from) / (to - from), 0, 1);
        return t * t * (3 - 2 * t);
    }
}
