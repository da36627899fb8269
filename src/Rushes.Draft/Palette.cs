namespace Rushes.Draft;

/// <summary>The colors of a scene.</summary>
/// <param name="Zenith">The upper sky; <paramref name="Middle"/> and <paramref name="Horizon"/> are below it.</param>
/// <param name="Glow">The color of the sun or moon.</param>
/// <param name="Lit">Clouds towards the light; <paramref name="Shade"/> away from it.</param>
/// <param name="Ground">The nearest ground; the farther away, the more it has the horizon's color.</param>
internal sealed record Palette(Rgb Zenith, Rgb Middle, Rgb Horizon, Rgb Glow, Rgb Lit, Rgb Shade, Rgb Ground)
{
    public static Palette Of(Scene scene, Dice dice)
    {
        var palette = scene switch
        {
            { Place: Place.Underwater } => dice.Pick(
                P("5FC7D0", "1D86A3", "0A4A6E", "D8FFF6", "8FE0E0", "0E5E80", "04202F"),
                P("6FB6E8", "2366B0", "0B2F66", "E8F6FF", "9CCBF0", "123F7C", "041430")),
            { Place: Place.Space } => dice.Pick(
                P("05060F", "10142E", "241A4A", "FFE9C9", "C46BD0", "2C3C9A", "07070F"),
                P("03070F", "0A1B2E", "123A4A", "FFD9B0", "3FB7C4", "1B3F7A", "05080F"),
                P("0A0510", "26102E", "4A1A3C", "FFE3D0", "E0705A", "5A2C8A", "0B0510")),
            { Light: Light.Dawn } => dice.Pick(
                P("6C8FC4", "E9B4BE", "FFE6C9", "FFF6E0", "FFE4DA", "B597B8", "2A3550"),
                P("87A9C9", "F4C9B5", "FFF0D4", "FFF9E8", "FFF0E4", "C2A5AE", "33424A")),
            { Light: Light.Day } => dice.Pick(
                P("2C78C8", "7DBDEB", "E3F2F6", "FFFBEA", "FFFFFF", "A9C0D8", "28602F"),
                P("2187A8", "79C7D2", "F3F3DF", "FFF8DC", "FFFFFF", "A4C4CC", "3A6A26")),
            { Light: Light.Sunset } => dice.Pick(
                P("2A2C63", "B4506F", "FFB25F", "FFF0C0", "FF9A6B", "6A3F6E", "150F26"),
                P("21406B", "D97F68", "FFD48F", "FFF4D0", "FFB48A", "7B5B7F", "131A2A"),
                P("3B1F4F", "C8496A", "FF9A5A", "FFE3A8", "FF8272", "5A2F62", "180C20")),
            _ => dice.Pick(
                P("050A20", "13285A", "42649A", "F4F1E0", "6F86B8", "1A2A55", "03060F"),
                P("0A0820", "2A1F5C", "6A4A92", "FBEFE0", "8A74BC", "221A4C", "06040F"),
                P("04101C", "0F3848", "3C8080", "F0F6E8", "5F9AA0", "123444", "030A0E")),
        };
        if (scene.Place == Place.Desert)
            palette = palette with
            {
                Ground = Rgb.Mix(
                    palette.Ground, Rgb.Hex("A8622C"),
                    scene.Light switch { Light.Day => 0.85f, Light.Night => 0.12f, _ => 0.4f }),
            };
        if (scene.Tint is not { } tint) return palette;

        // The sky keeps its color by day: "green hills" only colors the ground.
        var sky = scene.Light == Light.Day && scene.Place is not (Place.Space or Place.Underwater) ? 0.12f : 0.5f;
        return palette with
        {
            Zenith = palette.Zenith.Tinted(tint, sky * 0.7f),
            Middle = palette.Middle.Tinted(tint, sky),
            Horizon = palette.Horizon.Tinted(tint, sky * 0.6f),
            Lit = palette.Lit.Tinted(tint, sky * 0.7f),
            Ground = palette.Ground.Tinted(tint, 0.35f),
        };
    }

    /// <summary>The ground at a distance, from 0 at the horizon to 1 in front, with aerial perspective.</summary>
    public Rgb GroundAt(float nearness) => Rgb.Mix(Rgb.Mix(Horizon, Middle, 0.6f), Ground, MathF.Pow(nearness, 0.62f));

    private static Palette P(
        string zenith, string middle, string horizon, string glow, string lit, string shade, string ground) =>
        new(Rgb.Hex(zenith), Rgb.Hex(middle), Rgb.Hex(horizon), Rgb.Hex(glow), Rgb.Hex(lit), Rgb.Hex(shade), Rgb.Hex(ground));
}
