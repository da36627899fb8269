using System.Collections.Concurrent;
using System.Globalization;
using Rushes.Programs;

namespace Rushes.Media;

/// <summary>
/// Converts pictures of requests to their plain form: upright, 8 bits, sRGB, without alpha, one frame. The decoders run in a
/// separate process (<c>Rushes.Pictures</c>, which uses libvips), so that a picture that makes a decoder crash or use too much
/// memory or time does not harm the gateway.
/// </summary>
public static class ImageReader
{
    /// <summary>Memory for the runtime, the library and its buffers.</summary>
    private const long BaseMemory = 256L << 20;

    /// <summary>Exit codes of crashes, which the picture caused: SIGILL, SIGABRT, SIGBUS, SIGFPE and SIGSEGV.</summary>
    private static readonly int[] Crashes = [128 + 4, 128 + 6, 128 + 7, 128 + 8, 128 + 11];

    /// <summary>By the memory of their processes.</summary>
    private static readonly ConcurrentDictionary<long, ImagePool> Pools = [];

    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(30);

    /// <param name="plain">The path for the plain form; null to check only.</param>
    /// <param name="bytes">Bytes of memory for the decoder.</param>
    /// <param name="reuses">One process reads several pictures with this much memory; otherwise it reads only this one.</param>
    /// <exception cref="MachineFaultException">It failed for a reason other than the picture.</exception>
    internal static async Task<ImageReading> ReadAsync(
        string path, MediaType type, string? plain, long maxPixels, long bytes, DecodingTime time, CancellationToken cancel,
        bool reuses = false)
    {
        IReadOnlyList<string> arguments =
        [
            Path.GetFullPath(path), type.Name.ToLowerInvariant(), Text(maxPixels), Text(bytes),
            .. plain is null ? Array.Empty<string>() : [Path.GetFullPath(plain)],
        ];
        var exit = await time.SpendAsync(left => reuses && !arguments.Any(argument => argument.Contains('\n'))
            ? Pools.GetOrAdd(BaseMemory + bytes, memory => new ImagePool(memory, TimeProvider.System))
                .ReadAsync(arguments, left, cancel)
            : RunAsync(arguments, left, BaseMemory + bytes, cancel));
        if (exit.Ok) return Reading(exit.Output.TrimEnd().Split(' '), type, maxPixels, time);
        return exit.TimedOut || Crashes.Contains(exit.Code)
            ? new ImageReading.Rejected(Damaged(type, time))
            : throw new MachineFaultException($"{ImageHost.Program} ended with code {exit.Code}: {exit.Errors.Trim()}");
    }

    /// <summary>The version of libvips; null if the program cannot be started.</summary>
    public static async Task<string?> DescribeAsync(CancellationToken cancel) =>
        await RunAsync(["version"], QuestionLimit, BaseMemory, cancel) is { Ok: true } exit ? exit.Output.Trim() : null;

    private static Task<Exit> RunAsync(IReadOnlyList<string> arguments, TimeSpan limit, long memory, CancellationToken cancel) =>
        ChildProcess.RunAsync(ImageHost.CommandFor(arguments, limit, memory), null, cancel);

    /// <param name="words">One of the verdicts that the program prints.</param>
    private static ImageReading Reading(string[] words, MediaType type, long maxPixels, DecodingTime time) => words switch
    {
        ["accepted", var width, var height, var form] => new ImageReading.Accepted(Number(width), Number(height), form switch
        {
            "jpeg" => MediaType.Jpeg,
            "png" => MediaType.Png,
            _ => null,
        }),
        ["needs", var bytes] => new ImageReading.NeedsMemory(long.Parse(bytes, CultureInfo.InvariantCulture)),
        ["too-many-pixels", var width, var height] =>
            new ImageReading.Rejected(MediaRejection.TooManyPixels(Number(width), Number(height), maxPixels)),
        ["cut-off"] => new ImageReading.Rejected(MediaRejection.CutOff),
        ["too-much-text"] => new ImageReading.Rejected(MediaRejection.TooMuchText),
        _ => new ImageReading.Rejected(Damaged(type, time)),
    };

    private static Inspection.Rejected Damaged(MediaType type, DecodingTime time) =>
        MediaRejection.Damaged(type, "it cannot be decoded to its end", time);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The result of reading a picture.</summary>
internal abstract record ImageReading
{
    private ImageReading() { }

    /// <param name="Width">The width of the plain form; the same for the height.</param>
    /// <param name="Written">The format of the written plain form; null if the picture already is in plain form.</param>
    public sealed record Accepted(int Width, int Height, MediaType? Written) : ImageReading;

    /// <summary>It was not decoded because it needs this much memory.</summary>
    public sealed record NeedsMemory(long Bytes) : ImageReading;

    public sealed record Rejected(Inspection.Rejected Reason) : ImageReading;
}
