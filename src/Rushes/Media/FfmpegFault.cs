using System.Text.RegularExpressions;
using Rushes.Programs;

namespace Rushes.Media;

/// <summary>A failure of ffmpeg.</summary>
/// <param name="Message">Its last message, without paths and memory addresses.</param>
/// <param name="BadMedia">The input caused the failure, so that a retry would fail too.</param>
public sealed partial record FfmpegFault(string Message, bool BadMedia)
{
    public static FfmpegFault Of(Exit exit)
    {
        if (exit.TimedOut) return new("ffmpeg took too long and was stopped.", BadMedia: false);
        if (exit.Code > 128) return new($"ffmpeg was killed by signal {exit.Code - 128}.", BadMedia: false);

        var last = exit.Errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .LastOrDefault();
        var message = last switch
        {
            null => $"ffmpeg ended with code {exit.Code}.",
            // ffmpeg's own message contains all filters.
            _ when last.Contains("matches no streams", StringComparison.Ordinal) =>
                "An input has no image or no audio.",
            _ => Paths().Replace(Prefix().Replace(last, ""), "the file"),
        };
        return new(message, InputAtFault().IsMatch(exit.Errors));
    }

    /// <summary>The failure of this machine, independent of the file; null if there is none.</summary>
    public static string? OfMachine(Exit exit)
    {
        // ffmpeg may exit with 0 although it could not write the end of its output.
        if (exit.TimedOut) return null;
        if (exit.Code is Killed or Terminated)
            return $"ffmpeg was ended by signal {exit.Code - 128}; the machine may have run out of memory.";
        return MachineAtFault().Match(exit.Errors) is { Success: true, Value: var reason } ? $"ffmpeg failed: {reason}." : null;
    }

    private const int Killed = 128 + 9, Terminated = 128 + 15;

    [GeneratedRegex("No space left on device|Too many open files|pthread_create")]
    private static partial Regex MachineAtFault();

    [GeneratedRegex(@"^(\[[^\]]*\] *)+")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"[^\s'""]*[/\\][^\s'"":]*")]
    private static partial Regex Paths();

    [GeneratedRegex("Invalid data found|exceeds specified max pixel count|moov atom not found|not on whitelist|matches no "
        + "streams|does not contain any stream|Could not find codec parameters|Cannot determine format of input")]
    private static partial Regex InputAtFault();
}
