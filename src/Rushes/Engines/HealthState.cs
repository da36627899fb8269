namespace Rushes.Engines;

/// <summary>Whether a part of an engine can be given jobs.</summary>
public abstract record HealthState
{
    private HealthState() { }

    /// <summary>It worked the last time.</summary>
    public sealed record Ready : HealthState;

    /// <summary>It works for another client; its jobs wait inside it until that ends.</summary>
    public sealed record Busy(string Reason) : HealthState;

    /// <summary>It failed, or was just repaired: one job at a time until one succeeds.</summary>
    public sealed record Suspect(string Reason) : HealthState;

    /// <summary>It does not respond, or was not checked yet: no jobs until it responds.</summary>
    public sealed record Away(string Reason) : HealthState;

    /// <summary>It failed repeatedly, or something is missing: no jobs until the next check.</summary>
    public sealed record Sick(string Reason) : HealthState;

    /// <summary>The name in the API: <c>ready</c>, <c>busy</c>, <c>suspect</c>, <c>away</c> or <c>sick</c>.</summary>
    public string Name => GetType().Name.ToLowerInvariant();

    public bool TakesJobs => this is Ready or Busy or Suspect;

    /// <summary>What is wrong and how to fix it; null if nothing is.</summary>
    public string? Problem => this switch
    {
        Busy busy => busy.Reason,
        Suspect suspect => suspect.Reason,
        Away away => away.Reason,
        Sick sick => sick.Reason,
        _ => null,
    };
}

/// <summary>The result of a check of an engine's part.</summary>
public abstract record Checkup
{
    private Checkup() { }

    /// <param name="Proves">The check used the model or the GPU, so that a job that failed here before is the likelier
    /// cause.</param>
    public sealed record Works(bool Proves) : Checkup;

    public sealed record DoesNotAnswer(string Reason) : Checkup;

    public sealed record Broken(string Reason) : Checkup;
}

/// <summary>When a part that failed is tried again.</summary>
public sealed record HealthOptions
{
    /// <summary>
    /// The first pause; each further one is twice as long, up to <see cref="MaxPause"/>. Default 2 seconds.
    /// </summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Default 1 minute.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a part that does not respond is checked. Default 2 seconds.</summary>
    public TimeSpan AwayPause { get; init; } = TimeSpan.FromSeconds(2);
}
