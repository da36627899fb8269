namespace Rushes.Engines;

/// <summary>Whether a part of an engine can be given jobs.</summary>
public abstract record HealthState
{
    private HealthState() { }

    /// <summary>It worked the last time.</summary>
    public sealed record Ready : HealthState;

    /// <summary>It works for somebody else; its jobs wait inside it until that ends.</summary>
    public sealed record Busy(string Reason) : HealthState;

    /// <summary>It failed, or was just mended: one job at a time until one succeeds.</summary>
    public sealed record Suspect(string Reason) : HealthState;

    /// <summary>It does not answer, or was not checked yet: it gets no jobs until it answers.</summary>
    public sealed record Away(string Reason) : HealthState;

    /// <summary>
    /// It failed again and again, or something that it needs is missing: it gets no jobs until it is checked again.
    /// </summary>
    public sealed record Sick(string Reason) : HealthState;

    /// <summary>As programs read it: <c>ready</c>, <c>busy</c>, <c>suspect</c>, <c>away</c> or <c>sick</c>.</summary>
    public string Name => GetType().Name.ToLowerInvariant();

    public bool TakesJobs => this is Ready or Busy or Suspect;

    /// <summary>What is wrong and how to mend it, as a clause; null when nothing is.</summary>
    public string? Problem => this switch
    {
        Busy busy => busy.Reason,
        Suspect suspect => suspect.Reason,
        Away away => away.Reason,
        Sick sick => sick.Reason,
        _ => null,
    };
}

/// <summary>What a check of an engine's part found.</summary>
public abstract record Checkup
{
    private Checkup() { }

    /// <param name="Proves">The check used the model or the GPU, so that a job which failed here before is the likelier
    /// cause.</param>
    public sealed record Works(bool Proves) : Checkup;

    public sealed record DoesNotAnswer(string Reason) : Checkup;

    public sealed record Broken(string Reason) : Checkup;
}

/// <summary>When a part that failed is tried again.</summary>
public sealed record HealthOptions
{
    /// <summary>Failures in a row after which it gets no jobs for a while. Default 2.</summary>
    public int FaultsUntilSick { get; init; } = 2;

    /// <summary>The first pause; each next one is twice as long, up to <see cref="LongestPause"/>. Default 2 seconds.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Default 1 minute.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a part that does not answer is asked again. Default 2 seconds.</summary>
    public TimeSpan AwayPause { get; init; } = TimeSpan.FromSeconds(2);
}
