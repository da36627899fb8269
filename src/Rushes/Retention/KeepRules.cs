namespace Rushes.Retention;

/// <summary>How long things are kept. Null: forever.</summary>
public sealed record KeepRules
{
    /// <summary>Jobs after their end, with all their data. Default forever.</summary>
    public TimeSpan? Jobs { get; init; }

    /// <summary>Videos and drafts after the end of the job. Default forever.</summary>
    public TimeSpan? Outputs { get; init; }

    /// <summary>Input files after the end of the job. Default 30 days.</summary>
    public TimeSpan? Inputs { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Uploaded files, which requests copy. Default 7 days, like their URLs.</summary>
    public TimeSpan? Uploads { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Webhook deliveries after their last attempt. Default 30 days.</summary>
    public TimeSpan? Deliveries { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Idempotency keys after their first use. Default 24 hours.</summary>
    public TimeSpan Keys { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Files that belong to no job. Default 24 hours, because files are stored before their job is created or completed.
    /// </summary>
    public TimeSpan? Strays { get; init; } = TimeSpan.FromHours(24);

    /// <summary>When a video is deleted; null: never.</summary>
    /// <param name="ended">When its job ended.</param>
    public DateTimeOffset? ExpiryOf(DateTimeOffset? ended) => (Outputs, Jobs) switch
    {
        ({ } outputs, { } jobs) => ended + (outputs < jobs ? outputs : jobs),
        var (outputs, jobs) => ended + (outputs ?? jobs),
    };
}
