namespace Rushes.Client;

/// <summary>Which jobs are wanted; what is left out does not matter.</summary>
public sealed record JobQuery
{
    /// <summary>Only those in one of these states.</summary>
    public IReadOnlyCollection<JobState> States { get; init; } = [];

    /// <summary>Only those of this model.</summary>
    public string? Model { get; init; }

    /// <summary>Only those created then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only those created before.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>A job of a list.</summary>
public sealed record JobSummary
{
    /// <summary>Its name, to ask for it by.</summary>
    public required Job Job { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobStatus Status { get; init; }

    /// <summary>What it was asked to show: the first 240 characters.</summary>
    public required string Prompt { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its present or last run began; null before the first.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null until then.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What it costs, in units of <see cref="Currency"/>; null: it is free.</summary>
    public decimal? Price { get; init; }

    /// <summary>Such as <c>EUR</c>.</summary>
    public string? Currency { get; init; }
}
