namespace Rushes.Programs;

/// <summary>A program to run: an argument list, never a shell line.</summary>
/// <param name="Program">A path, or a name that is looked up on the PATH.</param>
public sealed record Command(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Its working folder; the gateway's own when null.</summary>
    public string? Folder { get; init; }

    public ChildEnvironment Environment { get; init; } = new();

    /// <summary>Killed after this long. Default 10 minutes.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes of memory that it may write to; the kernel refuses more. Null: no limit.</summary>
    public long? MaxMemory { get; init; }

    /// <summary>Runs in a session and process group of its own, whose id is the process id.</summary>
    public bool OwnSession { get; init; }
}

/// <param name="Output">Standard output, at most its last 64 KB; empty when lines were handed out.</param>
/// <param name="Errors">The last 64 KB of standard error.</param>
public sealed record Exit(int Code, string Output, string Errors, bool TimedOut)
{
    public bool Ok => Code == 0 && !TimedOut;
}
