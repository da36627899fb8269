using Rushes.Media;

namespace Rushes.Draft;

/// <summary>The loudness of a sound over time, from 0 (its quiet parts) to 1 (its loud parts).</summary>
/// <param name="levels">As measured, <see cref="PerSecond"/> values per second.</param>
/// <param name="calm">Smoothed: rises fast and falls slowly, for what moves with it.</param>
internal sealed class Loudness(IReadOnlyList<float> levels, IReadOnlyList<float> calm)
{
    public const int PerSecond = 50;
    private const int SamplesPerSecond = 8000;

    /// <summary>Returns null if the sound cannot be decoded.</summary>
    public static async Task<Loudness?> MeasureAsync(string sound, double seconds, string scratch, CancellationToken cancel)
    {
        const string file = "loudness.pcm";
        IReadOnlyList<string> output =
            ["-map", "0:a:0", "-t", Ffmpeg.Number(seconds), "-ac", "1", "-ar", $"{SamplesPerSecond}", "-f", "s16le", file];
        var exit = await Ffmpeg.DecodeAsync(new FfmpegRun([FfmpegInput.Of(sound)], output) { Folder = scratch }, cancel);
        if (!exit.Ok) return null;
        var bytes = await File.ReadAllBytesAsync(new Folder(scratch).File(file), cancel);
        return bytes.Length == 0 ? null : Of(bytes, (int)Math.Ceiling(seconds * PerSecond) + 1);
    }

    /// <summary>The loudness at a time; 0 before the start and after the end.</summary>
    public float Level(double seconds) => Between(levels, seconds);

    public float Calm(double seconds) => Between(calm, seconds);

    private static float Between(IReadOnlyList<float> values, double seconds)
    {
        var at = seconds * PerSecond;
        var index = (int)Math.Floor(at);
        if (index < 0 || index >= values.Count - 1) return 0;
        return values[index] + (values[index + 1] - values[index]) * (float)(at - index);
    }

    private static Loudness Of(byte[] pcm, int count)
    {
        const int window = SamplesPerSecond / PerSecond;
        var decibels = new float[count];
        for (var i = 0; i < count; i++)
        {
            var power = 1e-7;
            for (var j = i * window; j < (i + 1) * window && j * 2 + 1 < pcm.Length; j++)
            {
                var sample = BitConverter.ToInt16(pcm, j * 2) / 32768.0;
                power += sample * sample / window;
            }
            decibels[i] = (float)(10 * Math.Log10(power));
        }

        // Relative to the sound's own loud parts, so that quiet sounds move the image as much as loud ones.
        var loud = Math.Max(-45, decibels.Order().ElementAt(count * 97 / 100));
        var level = 0f;
        var (levels, calm) = (new float[count], new float[count]);
        for (var i = 0; i < count; i++)
        {
            levels[i] = Math.Clamp((decibels[i] - (loud - 30)) / 30, 0, 1);
            level += (levels[i] - level) * (levels[i] > level ? 0.6f : 0.22f);
            calm[i] = level;
        }
        return new Loudness(levels, calm);
    }
}
