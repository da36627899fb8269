namespace Rushes.Engines.Comfy;

/// <summary>The address and the time limits of a ComfyUI server.</summary>
public sealed record ComfyOptions
{
    /// <summary>
    /// Its address, such as <c>http://127.0.0.1:8188</c>. Private addresses are allowed, because the operator sets it.
    /// </summary>
    public required Uri Server { get; init; }

    /// <summary>How often a running prompt is checked. Default 2 seconds.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time limit of a call, or of a piece of a file. Default 5 seconds.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an idle server is checked. Default 10 seconds.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often its models and nodes are read, which may change with its files. Default 1 minute.</summary>
    public TimeSpan Relook { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A socket without messages for this long is reconnected. Default 1 minute.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A server without progress for this long counts as stuck. Default 10 minutes.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A server that does not respond for this long during a job counts as unavailable. Default 2 minutes.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a cancelled prompt may take to stop. Default 8 seconds.</summary>
    public TimeSpan CancelWait { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Time limit of the probe, which needs no model. Default 1 minute.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>When a failed server is tried again.</summary>
    public HealthOptions Health { get; init; } = new();

    /// <summary>
    /// A program and its arguments that restart the server when it is stuck; <c>{server}</c>, <c>{host}</c> and <c>{port}</c>
    /// stand for its address. Empty: nothing restarts it.
    /// </summary>
    public IReadOnlyList<string> Restart { get; init; } = [];

    /// <summary>Where restarts of servers are recorded for later runs of this program; null: nowhere.</summary>
    public string? RestartsFolder { get; init; }

    /// <summary>How often a prompt that the server lost is sent again. Default 2.</summary>
    public int Resubmissions { get; init; } = 2;
}
