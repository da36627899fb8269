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

    /// <summary>Within the priority, smaller goes first: see <see cref="FairShare"/>. 0: first come, first served.</summary>
    public long Turn { get; init; }

    public required JobState State { get; init; }

    /// <summary>
    /// A JSON object: the client's fields under their queue-dialect names, media replaced by <c>s3://</c> URIs.
    /// </summary>
    public required string Input { get; init; }

    /// <summary>Names its inputs in the file store, see <c>InputKey</c>; null: it brought none.</summary>
    public string? InputSet { get; init; }

    public required RenderPlan Plan { get; init; }

    /// <summary>Run time the catalog expects, in milliseconds: the unit of waiting in the backlog.</summary>
    public required int Work { get; init; }

    /// <summary>The client asked for a link instead of base64.</summary>
    public bool Binary { get; init; }

    /// <summary>
    /// Which dialect's client asked, and so reads the answer and the webhook: <c>queue</c>, <c>fal</c>, <c>kie</c>,
    /// <c>pixazo</c>.
    /// </summary>
    public string Dialect { get; init; } = "queue";

    /// <summary>The request as a dialect has to repeat it (kie's <c>param</c>); nobody else reads it.</summary>
    public string? Echo { get; init; }

    /// <summary>Where to tell how the job ended.</summary>
    public string? WebhookUrl { get; init; }

    /// <summary>
    /// A job that has not started by then fails (<c>start_timeout</c>). One that started once is not held to it again.
    /// </summary>
    public DateTimeOffset? StartBy { get; init; }

    public JobDraft Draft { get; init; } = JobDraft.None;

    /// <summary>Fails unless its draft is approved by then; null: it does not wait for that. Kept once it was approved.</summary>
    public DateTimeOffset? ApproveBy { get; init; }

    /// <summary>Held from the account's credit, in millionths of its currency's unit; 0: free.</summary>
    public long Price { get; init; }

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

    /// <summary>When its lease runs out; null unless it runs.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Of the present run, as its last heartbeat reported it.</summary>
    public Progress Progress { get; init; }

    /// <summary>The owner asked a running job to stop.</summary>
    public bool StopRequested { get; init; }

    /// <summary>Key of the result in the file store, and its size in bytes.</summary>
    public string? ResultKey { get; init; }

    public long ResultBytes { get; init; }

    public JobError? Error { get; init; }

    /// <summary>Where its spans hang, see <see cref="JobTrace"/>; null: it is not traced.</summary>
    public string? Trace { get; init; }
}

/// <param name="Code">A word for programs, such as <c>engine_failed</c>.</param>
/// <param name="Message">A sentence for people: what happened and what to do.</param>
public sealed record JobError(string Code, string Message)
{
    /// <summary>Longer codes and messages are cut: engines and workers write them.</summary>
    public const int LongestCode = 64, LongestMessage = 2000;

    public string Code { get; } = BoundedText.Line(Code, LongestCode);

    public string Message { get; } = BoundedText.Cut(Message, LongestMessage);
}

/// <summary>What Intake hands to the database: everything a job is before it has an id.</summary>
public sealed record NewJob
{
    public required int Account { get; init; }

    public required string Model { get; init; }

    public required string Lane { get; init; }

    public required int Tier { get; init; }

    public required int Priority { get; init; }

    public required string Input { get; init; }

    /// <inheritdoc cref="Job.InputSet"/>
    public string? InputSet { get; init; }

    public required RenderPlan Plan { get; init; }

    public required int Work { get; init; }

    public bool Binary { get; init; }

    public string Dialect { get; init; } = "queue";

    public string? Echo { get; init; }

    public string? WebhookUrl { get; init; }

    public DateTimeOffset? StartBy { get; init; }

    public JobDraft Draft { get; init; } = JobDraft.None;

    /// <inheritdoc cref="Job.ApproveBy"/>
    public DateTimeOffset? ApproveBy { get; init; }

    /// <inheritdoc cref="Job.Price"/>
    public long Price { get; init; }

    public IdempotencyKey? Idempotency { get; init; }

    /// <summary>
    /// The account's weight where accounts take turns (<see cref="FairShare"/>); null: first come, first served.
    /// </summary>
    public int? Weight { get; init; }

    /// <inheritdoc cref="Job.Trace"/>
    public string? Trace { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it begins.</summary>
    public JobState State => ApproveBy is null ? JobState.Pending : JobState.Awaiting;
}

/// <summary>Makes a repeated request the same request, for a while.</summary>
/// <param name="Key">The client's word, 1 to 255 characters; each account has its own.</param>
/// <param name="BodyHash">SHA-256 of what was asked: the same key with another is refused.</param>
public sealed record IdempotencyKey(string Key, byte[] BodyHash)
{
    /// <summary>How long a key counts; after that it is a new one. Default 24 hours.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromHours(24);
}
