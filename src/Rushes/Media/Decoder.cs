using System.Globalization;
using Rushes.Programs;

namespace Rushes.Media;

/// <summary>Decodes a file of a request to check that it is valid. The file may be malicious.</summary>
internal sealed class Decoder(FfmpegInput input, MediaLimits limits, DecodingTime time)
{
    /// <summary>ffmpeg's message about a frame that exceeds the limit.</summary>
    private const string TooManyPixels = "exceeds specified max pixel count";

    /// <summary>The search for larger frames may use the remaining time divided by this.</summary>
    private const int SearchShare = 3;

    public static bool FoundTooManyPixels(Exit exit) => exit.Errors.Contains(TooManyPixels, StringComparison.Ordinal);

    /// <summary>
    /// Decodes the first frame, and everything from one second before the end, or all of a short clip. Then it looks for larger
    /// frames in what was not decoded.
    /// </summary>
    /// <param name="seconds">Null if unknown; then the whole file is decoded.</param>
    public async Task<ClipFault> CheckClipAsync(double? seconds, CancellationToken cancel)
    {
        if (seconds is not > 1.5)
        {
            var exit = await RunAsync([input], AllFrames(0), strict: true, cancel);
            return !exit.Ok ? ClipFault.Damaged : FoundTooManyPixels(exit) ? ClipFault.LargerFrames : ClipFault.None;
        }
        var nearEnd = (seconds.Value - 1).ToString("0.###", CultureInfo.InvariantCulture);
        var last = input with { Options = ["-ss", nearEnd, "-noaccurate_seek"] };
        if (!(await RunAsync([input, last], [.. FirstFrame(0), .. AllFrames(1)], strict: true, cancel)).Ok)
            return ClipFault.Damaged;
        return await HasLargerFramesAsync(cancel) ? ClipFault.LargerFrames : ClipFault.None;
    }

    /// <summary>
    /// Whether a frame in the middle is larger than the input allows. Only key frames are decoded where the decoder supports
    /// it, which is fast. Where it does not and the time runs out, the engines' own limits apply.
    /// </summary>
    private async Task<bool> HasLargerFramesAsync(CancellationToken cancel) =>
        FoundTooManyPixels(await RunAsync([input with { Options = ["-skip_frame", "nokey"] }], AllFrames(0), strict: false,
            cancel, SearchShare));

    /// <summary>The decoded length, at most one second over the limit; null if the stream cannot be decoded.</summary>
    /// <param name="stream">The index of the sound stream.</param>
    /// <param name="wavFile">The output file; null to decode without writing.</param>
    public Task<double?> DecodeSoundAsync(MediaType type, int stream, string? wavFile, CancellationToken cancel) => LengthAsync(
        ["-map", $"0:a:{stream}", "-af", PlainSound.Filter(type)], wavFile is null
        ? FfmpegRun.Nowhere : PlainSound.Output(wavFile),
        strict: PlainSound.MustBeFlawless(type), cancel);

    /// <summary>The decoded length of the picture stream.</summary>
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
