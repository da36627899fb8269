namespace Rushes.Programs;

/// <summary>A program to run, with an argument list and no shell.</summary>
/// <param name="Program">A path, or a name that is looked up in PATH.</param>
public sealed record Command(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>The working folder; null: the gateway's.</summary>
    public string? Folder { get; init; }

    public ChildEnvironment Environment { get; init; } = new();

    /// <summary>The time limit. Default 10 minutes.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Standard input stays open; the program should end when it is closed.</summary>
    public bool KeepsInput { get; init; }

    /// <summary>Maximum bytes of writable memory. Null: no limit.</summary>
    public long? MaxMemory { get; init; }

    /// <summary>
    /// Runs in a new session and process group, whose id is the process id. It is killed when this program ends, however that
    /// happens.
    /// </summary>
    public bool OwnSession { get; init; }
}

/// <param name="Output">At most the last 64 KB of standard output; empty if lines were passed to a callback.</param>
/// <param name="Errors">At most the last 64 KB of standard error.</param>
public sealed record Exit(int Code, string Output, string Errors, bool TimedOut)
{
    public bool Ok => Code == 0 && !TimedOut;
}
