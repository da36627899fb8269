using Rushes.Jobs;

namespace Rushes.Draft;

/// <summary>The layout of a drawn scene: lengths in pixels, <paramref name="Horizon"/> as a share of the height.</summary>
/// <param name="LightX">The sun or moon, as a share of the width; <paramref name="LightY"/> of the height.</param>
/// <param name="Heading">The camera moves right (1) or left (-1).</param>
internal sealed record Stage(int Width, int Height, double Seconds, float Horizon, float LightX, float LightY, int Heading)
{
    /// <summary>A hundredth of the mean side of the frame, so that sizes look alike in every format.</summary>
    public float Unit => MathF.Sqrt((float)Width * Height) / 100;

    public float Aspect => (float)Width / Height;

    /// <summary>In milliseconds, for .ass moves.</summary>
    public int Milliseconds => (int)Math.Ceiling(Seconds * 1000);

    /// <summary>How far something at this nearness (0 far, 1 in front) moves in the whole clip, in pixels.</summary>
    public float Travel(float nearness) =>
        Heading * (float)Math.Min(Seconds, 12) / 5 * Unit * (1.2f + 17 * nearness * nearness);

    public static Stage Of(Scene scene, VideoFormat render, double seconds, string prompt, Dice dice)
    {
        var horizon = scene.Place switch
        {
            Place.Sea => dice.Between(0.54f, 0.6f),
            Place.City => 0.74f,
            Place.Space or Place.Underwater => 1.1f,
            _ => dice.Between(0.56f, 0.62f),
        };
        var height = scene.Light switch
        {
            Light.Day => dice.Between(0.12f, 0.2f),
            Light.Night => dice.Between(0.16f, 0.26f),
            _ => horizon - dice.Between(0.07f, 0.17f),
        };
        if (scene.Place == Place.City && scene.Light != Light.Day) height = dice.Between(0.24f, 0.4f);
        var left = prompt.Contains("pan left", StringComparison.OrdinalIgnoreCase);
        var right = prompt.Contains("pan right", StringComparison.OrdinalIgnoreCase);
        var heading = left ? -1 : right ? 1 : dice.Pick(1, -1);
        return new Stage(
            render.Width, render.Height, seconds, horizon, dice.Pick(dice.Between(0.26f, 0.4f), dice.Between(0.6f, 0.74f)),
            height, heading);
    }
}
