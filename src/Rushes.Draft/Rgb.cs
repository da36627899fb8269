using System.Globalization;

namespace Rushes.Draft;

/// <summary>A color; each component from 0 to 1.</summary>
internal readonly record struct Rgb(float R, float G, float B)
{
    public static Rgb White => new(1, 1, 1);

    public static Rgb Hex(string hex)
    {
        var value = int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new((value >> 16) / 255f, ((value >> 8) & 255) / 255f, (value & 255) / 255f);
    }

    public static Rgb Mix(Rgb a, Rgb b, float share) => a + (b - a) * share;

    public static Rgb operator +(Rgb a, Rgb b) => new(a.R + b.R, a.G + b.G, a.B + b.B);

    public static Rgb operator -(Rgb a, Rgb b) => new(a.R - b.R, a.G - b.G, a.B - b.B);

    public static Rgb operator *(Rgb a, float by) => new(a.R * by, a.G * by, a.B * by);

    /// <summary>Screen blending: adds light without exceeding 1.</summary>
    public Rgb Screen(Rgb light) => new(1 - (1 - R) * (1 - light.R), 1 - (1 - G) * (1 - light.G), 1 - (1 - B) * (1 - light.B));

    /// <summary>The brightness of this color with the hue of the other, by share.</summary>
    public Rgb Tinted(Rgb with, float share)
    {
        var scale = Light / Math.Max(with.Light, 0.05f);
        return Mix(this, with * Math.Min(scale, 1.6f), share);
    }

    private float Light => 0.3f * R + 0.59f * G + 0.11f * B;

    /// <summary>The format of .ass override tags: <c>&amp;HBBGGRR&amp;</c>.</summary>
    public string Ass => $"&H{Byte(B):X2}{Byte(G):X2}{Byte(R):X2}&";

    private static int Byte(float part) => (int)(Math.Clamp(part, 0, 1) * 255 + 0.5f);
}
