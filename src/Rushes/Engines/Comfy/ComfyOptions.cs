namespace Rushes.Engines.Comfy;

/// <summary>One ComfyUI server and how patient one is with it.</summary>
public sealed record ComfyOptions
{
    /// <summary>Its address, such as <c>http://127.0.0.1:8188</c>; it may be private, since the operator names it.</summary>
    public required Uri Server { get; init; }

    /// <summary>How often a running prompt is looked after. Default 2 seconds.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a call may take, or a piece of a file. Default 5 seconds.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a server that has nothing to do is asked whether it is still there. Default 10 seconds.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it is asked what it can run: models may come and go with its files. Default 1 minute.</summary>
    public TimeSpan Relook { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A socket that was silent this long is closed and opened anew. Default 1 minute.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Without any progress for this long the server counts as stuck. Default 10 minutes.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A server that does not answer for this long in the middle of a job counts as gone. Default 2 minutes.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a cancelled prompt may take to leave the server. Default 8 seconds.</summary>
    public TimeSpan CancelWait { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a healthy server may take for the canary, which needs no model. Default 1 minute.</summary>
    public TimeSpan CanaryWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>When a server that failed is tried again.</summary>
    public HealthOptions Health { get; init; } = new();

    /// <summary>How often a prompt that the server lost is sent again. Default 2.</summary>
    public int Resubmissions { get; init; } = 2;
}
