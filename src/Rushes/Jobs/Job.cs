namespace Rushes.Jobs;

/// <summary>One request for one video, as the database holds it. Times are UTC with millisecond precision.</summary>
public sealed record Job
{
    public required long Id { get; init; }

    public required int Account { get; init; }

    /// <summary>The catalog's own model id (never an alias), such as <c>wan22-fast-t2v-pro</c>.</summary>
    public required string Model { get; init; }

    public required string Lane { get; init; }

    /// <summary>The tier's rank: bigger goes first.</summary>
    public required int Tier { get; init; }

    /// <summary>Within the tier, bigger goes first.</summary>
    public required int Priority { get; init; }

    public required JobState State { get; init; }

    /// <summary>A JSON object: the client's fields under their queue-dialect names, media replaced by <c>s3://</c> URIs.</summary>
    public required string Input { get; init; }

    public required RenderPlan Plan { get; init; }

    /// <summary>Run time the catalog expects, in milliseconds: the unit of waiting in the backlog.</summary>
    public required int Work { get; init; }

    /// <summary>The client asked for a link instead of base64.</summary>
    public bool Binary { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Runs that an engine or a lost worker ended; see <see cref="RetryPolicy"/>.</summary>
    public int Attempts { get; init; }

    /// <summary>Runs that the gateway's own stop or crash ended.</summary>
    public int Interruptions { get; init; }

    /// <summary>Fencing token of the latest lease; 0 before the first.</summary>
    public long Fence { get; init; }

    public string? Worker { get; init; }

    /// <summary>Key of the result in the file store, and its size in bytes.</summary>
    public string? ResultKey { get; init; }

    public long ResultBytes { get; init; }

    public JobError? Error { get; init; }
}

/// <param name="Code">A word for programs, such as <c>engine_failed</c>.</param>
/// <param name="Message">A sentence for people: what happened and what to do.</param>
public sealed record JobError(string Code, string Message);

/// <summary>What Intake hands to the database: everything a job is before it has an id.</summary>
public sealed record NewJob
{
    public required int Account { get; init; }

    public required string Model { get; init; }

    public required string Lane { get; init; }

    public required int Tier { get; init; }

    public required int Priority { get; init; }

    public required string Input { get; init; }

    public required RenderPlan Plan { get; init; }

    public required int Work { get; init; }

    public bool Binary { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
