using System.Globalization;

namespace Rushes.Catalog;

/// <summary>The numbers of frames that a model renders: a multiple of a step plus an offset, such as <c>4n+1</c>.</summary>
public sealed record FrameRule(int Step, int Offset)
{
    public static FrameRule Default { get; } = new(4, 1);

    /// <summary>The smallest allowed number that is not less than this one.</summary>
    public int RoundUp(int frames) =>
        frames <= Offset ? Math.Max(Offset, 1) : (frames - Offset + Step - 1) / Step * Step + Offset;

    /// <summary>Parses <c>8n+1</c>; null if it is not a rule.</summary>
    public static FrameRule? Parse(string text) =>
        text.Split("n+") is [var step, var offset]
        && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var times) && times is >= 1 and <= 1000
        && int.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var plus) && plus < 1000
            ? new FrameRule(times, plus)
            : null;

    public override string ToString() => $"{Step}n+{Offset}";
}
