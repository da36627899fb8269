using System.Globalization;
using Rushes.Programs;

namespace Rushes.Media;

/// <summary>Decodes a request's file, which may be hostile, to see whether it can be used.</summary>
internal sealed class Decoder(FfmpegInput input, MediaLimits limits, DecodingTime time)
{
    /// <summary>The message of ffmpeg about a frame that exceeds the limit.</summary>
    private const string TooManyPixels = "exceeds specified max pixel count";

    /// <summary>A search for larger frames takes at most this share of the time that is left.</summary>
    private const int SearchShare = 3;

    public static bool FoundTooManyPixels(Exit exit) => exit.Errors.Contains(TooManyPixels, StringComparison.Ordinal);

    /// <summary>The first frame, and all from a second before the end.</summary>
    /// <param name="seconds">Null: unknown, so all of it is decoded.</param>
    public async Task<bool> DecodesBothEndsAsync(double? seconds, CancellationToken cancel)
    {
        if (seconds is not > 1.5) return (await RunAsync([input], AllFrames(0), strict: true, cancel)).Ok;
        var nearEnd = (seconds.Value - 1).ToString("0.###", CultureInfo.InvariantCulture);
        var last = input with { Options = ["-ss", nearEnd, "-noaccurate_seek"] };
        return (await RunAsync([input, last], [.. FirstFrame(0), .. AllFrames(1)], strict: true, cancel)).Ok;
    }

    /// <summary>
    /// Whether a frame between the ends is larger than the input allows. Most decoders can skip frames that build on others, so
    /// this costs little; where they cannot and time is short, the engines' own limits hold.
    /// </summary>
    public async Task<bool> HasLargerFramesAsync(CancellationToken cancel) =>
        FoundTooManyPixels(await RunAsync([input with { Options = ["-skip_frame", "nokey"] }], AllFrames(0), strict: false,
            cancel, SearchShare));

    /// <summary>The length of what could be decoded, at most a second more than allowed; null when it cannot be.</summary>
    /// <param name="stream">The number of a sound stream.</param>
    /// <param name="wavFile">Gets the sound; null: it is only decoded.</param>
    public Task<double?> DecodeSoundAsync(MediaType type, int stream, string? wavFile, CancellationToken cancel) => LengthAsync(
        ["-map", $"0:a:{stream}", "-af", PlainSound.Filter(type)], wavFile is null
        ? FfmpegRun.Nowhere : PlainSound.Output(wavFile),
        strict: PlainSound.MustBeFlawless(type), cancel);

    /// <summary>As for a sound, by the pictures.</summary>
    public Task<double?> DecodeLengthAsync(CancellationToken cancel) =>
        LengthAsync(["-map", "0:v:0"], FfmpegRun.Nowhere, strict: false, cancel);

    private async Task<double?> LengthAsync(
        IReadOnlyList<string> map, IReadOnlyList<string> output, bool strict, CancellationToken cancel)
    {
        const string field = "out_time_us=";
        var most = (limits.MaxSeconds + 1).ToString(CultureInfo.InvariantCulture);
        var exit = await RunAsync([input], [.. map, "-t", most, .. output], strict, cancel);
        if (!exit.Ok) return null;
        var last = exit.Output.LastIndexOf(field, StringComparison.Ordinal);
        if (last < 0) return null;
        var text = exit.Output.AsSpan(last + field.Length);
        return double.TryParse(text[..text.IndexOf('\n')], CultureInfo.InvariantCulture, out var microseconds)
            ? microseconds / 1e6 : 0;
    }

    private static IReadOnlyList<string> FirstFrame(int number) =>
        ["-map", $"{number}:v:0", "-frames:v", "1", .. FfmpegRun.Nowhere];

    private static IReadOnlyList<string> AllFrames(int number) => ["-map", $"{number}:v:0", .. FfmpegRun.Nowhere];

    private Task<Exit> RunAsync(IReadOnlyList<FfmpegInput> inputs, IReadOnlyList<string> output, bool strict,
        CancellationToken cancel, int share = 1) =>
        time.SpendAsync(left => Ffmpeg.DecodeAsync(
            new FfmpegRun(inputs, output)
            {
                Folder = Path.GetDirectoryName(input.Path)!, Limit = left / share, StopsAtErrors = strict, ReportsProgress = true,
            }, cancel));
}
