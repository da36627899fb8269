using Rushes.Client;

namespace Rushes.Cli;

/// <summary>What the program's exit codes mean; docs/cli.md lists them.</summary>
internal static class Exits
{
    public const int Done = 0;

    /// <summary>The gateway refused, or the job failed.</summary>
    public const int Refused = 1;

    /// <summary>The command line or a setting cannot be used.</summary>
    public const int Usage = 2;

    public const int Unreachable = 3;

    public const int Cancelled = 4;

    /// <summary>As shells have it for Ctrl+C: the job goes on.</summary>
    public const int Left = 130;

    public const string Help = "Exit codes: 0 done, 1 refused or failed, 2 wrong command, 3 gateway unreachable, 4 cancelled, 130 left with Ctrl+C.";

    public static int Of(RushesException error) => error.Code switch
    {
        "unreachable" => Unreachable,
        "cancelled" => Cancelled,
        _ => Refused,
    };
}
