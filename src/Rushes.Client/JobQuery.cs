namespace Rushes.Client;

/// <summary>Filters jobs.</summary>
public sealed record JobQuery
{
    /// <summary>Only jobs in one of these states; empty for all.</summary>
    public IReadOnlyCollection<JobState> States { get; init; } = [];

    /// <summary>Only jobs of this model.</summary>
    public string? Model { get; init; }

    /// <summary>Only jobs created at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only jobs created before this time.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>A job in a list.</summary>
public sealed record JobSummary
{
    /// <summary>The job.</summary>
    public required Job Job { get; init; }

    /// <summary>Its status.</summary>
    public required JobStatus Status { get; init; }

    /// <summary>The first 240 characters of its prompt.</summary>
    public required string Prompt { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its current or last run started; null before the first run.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before that.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The price in units of <see cref="Currency"/>; null if it is free.</summary>
    public decimal? Price { get; init; }

    /// <summary>The currency code, such as <c>EUR</c>.</summary>
    public string? Currency { get; init; }
}
