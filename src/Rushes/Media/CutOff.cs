namespace Rushes.Media;

/// <summary>
/// Whether a file that has less than its header announces was cut off. A header that announces many times as much is a
/// placeholder, or left over from a longer file, and the file is whole.
/// </summary>
internal static class CutOff
{
    private const int MostTimes = 10;

    public static bool IsLikely(double announced, double available) =>
        available < announced && announced <= available * MostTimes;
}
