using System.Globalization;
using Rushes.Programs;

namespace Rushes.Media;

/// <summary>
/// Starts ffmpeg and ffprobe; nothing else does. Every run has limits on pixels, streams, allocations, memory, time and the
/// files that it may open.
/// </summary>
public static class Ffmpeg
{
    private const string Program = "ffmpeg", ProbeProgram = "ffprobe";

    /// <summary>
    /// Memory for reading headers. A file of many streams makes ffprobe decode a frame of each; without memory for that it
    /// still reports the headers.
    /// </summary>
    private const long ProbeMemory = 256L << 20;

    private const long BaseMemory = 512L << 20, ThreadMemory = 32L << 20;

    /// <summary>
    /// x264 keeps frames for reference, for looking ahead and for each thread: 900 bytes for each pixel are enough for 4K on 64
    /// cores.
    /// </summary>
    private const long EncoderPixelBytes = 900;

    /// <summary>The largest picture has 16 bits for each of red, green, blue and alpha.</summary>
    private const long MaxPixelBytes = 8;

    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(30);

    /// <summary>The required programs that are not installed.</summary>
    public static IReadOnlyList<string> Missing() =>
        [.. new[] { Program, ProbeProgram }.Concat(OperatingSystem.IsLinux() ? ["prlimit"] : [])
            .Where(program => ChildProcess.Find(program) is null)];

    public static Task<Exit> RunAsync(FfmpegRun run, CancellationToken cancel)
    {
        List<string> all =
            ["-hide_banner", "-nostdin", "-loglevel", "error", "-y", "-max_alloc", MaxAllocation(run.Inputs, run.EncodedPixels)];
        if (run.StopsAtErrors) all.Add("-xerror");
        if (run.OnFrame is not null || run.ReportsProgress)
            all.AddRange("-nostats", "-stats_period", "0.1", "-progress", "pipe:1");
        all.AddRange(run.Inputs.SelectMany(input => input.Arguments));
        if (run.Graph.Length > 0) all.AddRange("-filter_complex", run.Graph);
        all.AddRange(run.Output);

        var command = CommandOf(Program, all, run.Folder, run.Limit, Memory(run.Inputs) + EncoderMemory(run.EncodedPixels));
        return ChildProcess.RunAsync(command, run.OnFrame is null ? null : new FfmpegProgress(run.OnFrame).Read, cancel);
    }

    /// <summary>Runs ffmpeg; it fails only if an input cannot be decoded.</summary>
    /// <exception cref="MachineFaultException">It failed for another reason.</exception>
    public static async Task<Exit> DecodeAsync(FfmpegRun run, CancellationToken cancel) => Checked(await RunAsync(run, cancel));

    /// <param name="questions">The fields to print, and the format.</param>
    /// <param name="onLine">Called with each line of the output; if null, the result contains the end of the output.</param>
    /// <exception cref="MachineFaultException">It failed for a reason other than the input.</exception>
    internal static async Task<Exit> ProbeAsync(
        FfmpegInput input, IReadOnlyList<string> questions, TimeSpan limit, Action<string>? onLine, CancellationToken cancel)
    {
        List<string> all = ["-hide_banner", "-max_alloc", MaxAllocation([input], 0), .. questions, .. input.Arguments];
        var command = CommandOf(ProbeProgram, all, Path.GetDirectoryName(input.Path), limit, ProbeMemory);
        return Checked(await ChildProcess.RunAsync(command, onLine, cancel));
    }

    /// <summary>The version line of ffmpeg and its encoders; null if one of the programs cannot be run.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">One of them is not installed.</exception>
    public static async Task<(string Version, IReadOnlySet<string> Encoders)?> DescribeAsync(CancellationToken cancel)
    {
        var version = await AskAsync(Program, "-version");
        var encoders = await AskAsync(Program, "-encoders");
        if (!version.Ok || !encoders.Ok || !(await AskAsync(ProbeProgram, "-version")).Ok) return null;
        return (version.Output.Split('\n')[0], encoders.Output.Split(
            (char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToHashSet());

        Task<Exit> AskAsync(string program, string question) =>
            ChildProcess.RunAsync(CommandOf(program, ["-hide_banner", question], null, QuestionLimit, Memory([])), null, cancel);
    }

    /// <summary>A frame rate in ffmpeg's exact notation: 16; 24000/1001 for 23.976.</summary>
    public static string Rate(double rate)
    {
        var whole = Math.Round(rate);
        if (Math.Abs(rate - whole) < 1e-6) return whole.ToString(CultureInfo.InvariantCulture);
        var ntsc = Math.Round(rate * 1.001);
        return Math.Abs(rate - ntsc / 1.001) < 1e-3
            ? string.Create(CultureInfo.InvariantCulture, $"{ntsc * 1000:0}/1001")
            : rate.ToString("0.######", CultureInfo.InvariantCulture);
    }

    /// <summary>A number in ffmpeg's notation, independent of the culture.</summary>
    public static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static Exit Checked(Exit exit) => FfmpegFault.OfMachine(exit) is { } fault
        ? throw new MachineFaultException(fault) : exit;

    /// <summary>Bytes of memory that the encoder needs for frames of this many pixels.</summary>
    internal static long EncoderMemory(long pixels) => pixels * EncoderPixelBytes;

    private static Command CommandOf(string program, IReadOnlyList<string> arguments, string? folder,
        TimeSpan limit, long memory) =>
        new(program, arguments)
        {
            Folder = folder, Limit = limit, MaxMemory = memory,
            Environment = new ChildEnvironment { Home = folder, Temporary = folder },
        };

    private static long Memory(IReadOnlyList<FfmpegInput> inputs) =>
        BaseMemory + Environment.ProcessorCount * ThreadMemory + inputs.Sum(input => input.Memory);

    /// <summary>Compressed data in a file may announce any size, so allocations are limited.</summary>
    private static string MaxAllocation(IReadOnlyList<FfmpegInput> inputs, long encodedPixels) =>
        ((64L << 20) + inputs.Select(input => input.MaxPixels).Append(encodedPixels).Max() * MaxPixelBytes)
            .ToString(CultureInfo.InvariantCulture);
}
