namespace Rushes.Retention;

/// <summary>How long things are kept. Null: for ever.</summary>
public sealed record KeepRules
{
    /// <summary>Jobs since their end, with all that hangs on them. Default for ever.</summary>
    public TimeSpan? Jobs { get; init; }

    /// <summary>Videos and drafts since their job's end. Default for ever.</summary>
    public TimeSpan? Outputs { get; init; }

    /// <summary>What requests brought, since their job's end. Default 30 days.</summary>
    public TimeSpan? Inputs { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Files that clients uploaded to name them in requests, which copy them. Default 7 days: as long as their link is good.
    /// </summary>
    public TimeSpan? Uploads { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The log of callbacks since the last of their tries. Default 30 days.</summary>
    public TimeSpan? Deliveries { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Idempotency keys since they were used first. Default 24 hours.</summary>
    public TimeSpan Keys { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Files that belong to no job. Default 24 hours: a request's files are stored before its job is, and a video before its job
    /// is completed.
    /// </summary>
    public TimeSpan? Strays { get; init; } = TimeSpan.FromHours(24);
}
