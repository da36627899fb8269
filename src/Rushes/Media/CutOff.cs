namespace Rushes.Media;

/// <summary>
/// Whether a file that is shorter than its header announces was cut off. If the header announces many times as much, it is a
/// placeholder or belonged to a longer file, and the file is complete.
/// </summary>
internal static class CutOff
{
    private const int MaxTimes = 10;

    public static bool IsLikely(double announced, double available) =>
        available < announced && announced <= available * MaxTimes;
}
