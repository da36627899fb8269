using Rushes.Media;

namespace Rushes.Draft;

/// <summary>How much a clip moves over time, and where it cuts.</summary>
/// <param name="Levels">From 0 (still) to 1, <see cref="PerSecond"/> values per second.</param>
/// <param name="Cuts">Times of cuts, in seconds.</param>
/// <param name="Beats">Times of peaks of the motion in seconds, with their strength from 0 to 1.</param>
internal sealed record Motion(
    IReadOnlyList<float> Levels, IReadOnlyList<double> Cuts, IReadOnlyList<(double At, float Strength)> Beats)
{
    public const int PerSecond = 20;
    private const int Width = 48;
    private const int Height = 28;

    public static Motion None { get; } = new([], [], []);

    public float At(double seconds)
    {
        var index = (int)(seconds * PerSecond);
        return index < Levels.Count ? Levels[index] : 0;
    }

    /// <summary>Returns null if the clip cannot be decoded.</summary>
    public static async Task<Motion?> MeasureAsync(FfmpegInput clip, double seconds, string scratch, CancellationToken cancel)
    {
        const string file = "motion.gray";
        var filter = $"fps={PerSecond},scale={Width}:{Height}:flags=area,format=gray";
        var exit = await Ffmpeg.DecodeAsync(
            new FfmpegRun([clip], ["-map", "0:v:0", "-t", Ffmpeg.Number(seconds), "-vf", filter, "-f", "rawvideo", file])
                { Folder = scratch }, cancel);
        if (!exit.Ok) return null;
        return Of(await DifferencesAsync(new Folder(scratch).File(file), cancel));
    }

    /// <summary>The mean difference of each frame from the previous one, from 0 to 1.</summary>
    private static async Task<float[]> DifferencesAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        var (previous, current) = (new byte[Width * Height], new byte[Width * Height]);
        var differences = new float[file.Length / previous.Length];
        for (var i = 0; i < differences.Length; i++)
        {
            await file.ReadExactlyAsync(current, cancel);
            var sum = 0;
            if (i > 0)
                for (var j = 0; j < current.Length; j++) sum += Math.Abs(current[j] - previous[j]);
            differences[i] = sum / (255f * current.Length);
            (previous, current) = (current, previous);
        }
        return differences;
    }

    private static Motion Of(float[] differences)
    {
        var cuts = new List<double>();
        for (var i = 1; i < differences.Length; i++)
        {
            var around = Math.Max(Around(differences, i), 0.01f);
            if (differences[i] < 0.08f || differences[i] < around * 4) continue;
            cuts.Add((double)i / PerSecond);
            // A cut does not count as motion.
            differences[i] = i > 1 ? differences[i - 1] : 0;
        }

        var strongest = Math.Max(0.02f, differences.Length == 0 ? 0 : differences.Max());
        var levels = new float[differences.Length];
        var level = 0f;
        for (var i = 0; i < levels.Length; i++)
        {
            var due = MathF.Sqrt(differences[i] / strongest) * Math.Min(1, strongest / 0.03f);
            level += (due - level) * 0.3f;
            levels[i] = level;
        }

        var beats = new List<(double, float)>();
        for (var i = 1; i + 1 < differences.Length; i++)
        {
            var peak = differences[i] > differences[i - 1] && differences[i] >= differences[i + 1]
                && differences[i] > Around(differences, i) * 1.15f;
            if (!peak || differences[i] < 0.003f || (beats.Count > 0 && i - beats[^1].Item1 * PerSecond < PerSecond / 4))
                continue;
            beats.Add(((double)i / PerSecond, MathF.Sqrt(differences[i] / strongest)));
        }
        return new Motion(levels, cuts, beats);
    }

    /// <summary>The mean of the half second around a frame, without the frame.</summary>
    private static float Around(float[] differences, int at)
    {
        var (sum, count) = (0f, 0);
        for (var i = Math.Max(1, at - PerSecond / 4); i <= Math.Min(differences.Length - 1, at + PerSecond / 4); i++)
        {
            if (i == at) continue;
            sum += differences[i];
            count++;
        }
        return count == 0 ? 0 : sum / count;
    }
}
