using System.Globalization;

namespace Rushes.Media;

/// <summary>When the frames of a clip are shown, from its packets, in seconds of the file's timeline.</summary>
/// <param name="Frames">The number of frames that are shown.</param>
/// <param name="Start">When the first frame is shown.</param>
/// <param name="End">When the last frame ends.</param>
/// <param name="Rate">Frames per second; for a variable rate, that of the fastest part.</param>
/// <param name="IsConstant">Whether all frames are shown for about the same time.</param>
internal sealed record ClipTiming(int Frames, double Start, double End, double Rate, bool IsConstant)
{
    public const double MaxRate = 60;

    private static readonly double[] UsualRates = [10, 12, 15, 20, 24, 25, 30, 48, 50, MaxRate];

    public double Seconds => End - Start;

    /// <summary>Null if the container has no timestamps.</summary>
    public static async Task<ClipTiming?> ReadAsync(FfmpegInput input, Probe probe, DecodingTime time, CancellationToken cancel)
    {
        var shown = new List<(double At, double Length)>();
        string[] questions =
        [
            "-v", "error", "-select_streams", $"{probe.Video!.Index}", "-show_entries", "packet=pts_time,duration_time,flags",
            "-of", "csv=p=0",
        ];
        var exit = await time.SpendAsync(left => Ffmpeg.ProbeAsync(input, questions, left, Take, cancel));
        return exit.Ok && shown.Count > 0 && Of(shown, probe) is { End: > 0 } timing ? timing : null;

        void Take(string line)
        {
            // Frames that an edit list skips are marked with a D.
            if (line.Split(',') is [var at, var length, var flags, ..] && !flags.Contains('D') && Number(at) is { } start)
                shown.Add((start, Number(length) ?? 0));
        }
    }

    private static ClipTiming Of(List<(double At, double Length)> shown, Probe probe)
    {
        shown.Sort();
        var gaps = shown.Zip(shown.Skip(1), (one, next) => next.At - one.At).Where(gap => gap > 0).Order().ToList();
        var median = gaps.Count > 0 ? gaps[gaps.Count / 2] : probe.Rate > 0 ? 1 / probe.Rate : 0.04;
        var (first, last) = (shown[0].At, shown[^1]);
        var isConstant = gaps.All(gap => gap > median * 0.6 && gap < median * 1.4);
        var rate = gaps.Count == 0 ? Usual(1 / median)
            : isConstant ? gaps.Count / (last.At - first)
            : Usual(1 / gaps[gaps.Count / 10]);
        var start = probe.Start;
        return new ClipTiming(
            shown.Count, first - start, last.At + (last.Length > 0 ? last.Length : median) - start, Math.Clamp(rate, 1, MaxRate),
            isConstant);
    }

    private static double Usual(double rate)
    {
        var usual = UsualRates.MinBy(each => Math.Abs(each - rate));
        return Math.Abs(usual - rate) < usual * 0.05 ? usual : rate;
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
