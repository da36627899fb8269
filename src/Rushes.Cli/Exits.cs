using Rushes.Client;

namespace Rushes.Cli;

/// <summary>The program's exit codes; docs/cli.md lists them.</summary>
internal static class Exits
{
    public const int Done = 0;

    /// <summary>The gateway rejected the request, or the job failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a setting is invalid.</summary>
    public const int Usage = 2;

    public const int Unreachable = 3;

    public const int Cancelled = 4;

    /// <summary>The usual code for Ctrl+C; the job keeps running.</summary>
    public const int Interrupted = 130;

    public const string Help =
        "Exit codes: 0 success, 1 request rejected or job failed, 2 invalid command line or setting, 3 gateway unreachable, "
            + "4 job cancelled, 130 interrupted with Ctrl+C.";

    /// <summary>The error code where there is no better one.</summary>
    public static string CodeOf(int exit) => exit switch
    {
        Usage => "invalid_command_line", Unreachable => "unreachable", Cancelled => "cancelled", _ => "failed",
    };

    public static int Of(RushesException error) => error.Code switch
    {
        "unreachable" => Unreachable,
        "cancelled" => Cancelled,
        _ => Failed,
    };
}
