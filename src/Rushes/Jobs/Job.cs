using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rushes.Jobs;

/// <summary>What a job has from its creation on. Times are UTC with millisecond precision.</summary>
public abstract record JobSpec
{
    public required int Account { get; init; }

    /// <summary>The model id in the catalog, never an alias, such as <c>wan22-fast-t2v-pro</c>.</summary>
    public required string Model { get; init; }

    public required string Lane { get; init; }

    /// <summary>The tier's rank; higher first.</summary>
    public required int Tier { get; init; }

    /// <summary>Within the tier, higher first.</summary>
    public required int Priority { get; init; }

    /// <summary>
    /// A JSON object: the client's fields by their names in the queue API, media replaced by <c>s3://</c> URIs.
    /// </summary>
    public required string Input { get; init; }

    /// <summary>Identifies the job's input files in the file store, see <c>InputKey</c>; null: it has none.</summary>
    public string? InputSet { get; init; }

    public required RenderPlan Plan { get; init; }

    /// <summary>Expected run time according to the catalog, in milliseconds; the unit of waiting in the backlog.</summary>
    public required int Work { get; init; }

    /// <summary>The client wants a download URL instead of base64.</summary>
    public bool Binary { get; init; }

    /// <summary>
    /// The API that created the job, such as <c>queue</c> or <c>fal</c>. It also formats the job's responses and webhooks.
    /// </summary>
    public string Dialect { get; init; } = "queue";

    /// <summary>The request, for a dialect that returns it to the client (kie's <c>param</c>).</summary>
    public string? Echo { get; init; }

    public string? WebhookUrl { get; init; }

    public WebhookEvents WebhookEvents { get; init; } = WebhookEvents.End;

    /// <summary>A job that has not started by then fails (<c>start_timeout</c>). Retries have no such deadline.</summary>
    public DateTimeOffset? StartBy { get; init; }

    /// <summary>A job that has not ended by then fails (<c>deadline_exceeded</c>), whatever its state.</summary>
    public DateTimeOffset? Deadline { get; init; }

    public JobDraft Draft { get; init; } = JobDraft.None;

    /// <summary>
    /// The job fails unless its draft is approved by then; null: it does not need approval. Unchanged after the approval.
    /// </summary>
    public DateTimeOffset? ApproveBy { get; init; }

    /// <summary>Held from the account's credit, in millionths of the currency unit; 0: free.</summary>
    public long Price { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The parent of the job's spans, see <see cref="JobTrace"/>; null: it is not traced.</summary>
    public string? Trace { get; init; }
}

/// <summary>A stored job.</summary>
public sealed record Job : JobSpec
{
    public Job()
    {
    }

    /// <summary>A job right after its creation; its turn is not known.</summary>
    [SetsRequiredMembers]
    public Job(long id, NewJob created) : base(created) => (Id, State) = (id, created.State);

    public required long Id { get; init; }

    /// <summary>Within the priority, lower first: see <see cref="FairShare"/>. 0: first come, first served.</summary>
    public long Turn { get; init; }

    public required JobState State { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Runs that ended with a failure of the job or a lost worker; see <see cref="RetryPolicy"/>.</summary>
    public int Attempts { get; init; }

    /// <summary>Runs that ended because the gateway stopped or crashed.</summary>
    public int Interruptions { get; init; }

    /// <summary>Fencing token of the latest lease; 0 before the first.</summary>
    public long Fence { get; init; }

    public string? Worker { get; init; }

    /// <summary>When its lease expires; null unless it is running.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Progress of the current run, as of its last heartbeat.</summary>
    public Progress Progress { get; init; }

    /// <summary>The owner requested that the running job stop.</summary>
    public bool StopRequested { get; init; }

    /// <summary>Key of the result in the file store.</summary>
    public string? ResultKey { get; init; }

    public long ResultBytes { get; init; }

    public JobError? Error { get; init; }
}

/// <param name="Code">A stable identifier, such as <c>engine_failed</c>.</param>
/// <param name="Message">What happened and what to do, for people.</param>
public sealed record JobError(string Code, string Message)
{
    /// <summary>Longer codes and messages are truncated, because engines and workers write them.</summary>
    public const int MaxCodeLength = 64, MaxMessageLength = 2000;

    public string Code { get; } = BoundedText.Line(Code, MaxCodeLength);

    public string Message { get; } = BoundedText.Cut(Message, MaxMessageLength);
}

/// <summary>A job before it has an id.</summary>
public sealed record NewJob : JobSpec
{
    public IdempotencyKey? Idempotency { get; init; }

    /// <summary>The account's weight with fair share (<see cref="FairShare"/>); null: first come, first served.</summary>
    public int? Weight { get; init; }

    /// <summary>The most that the account's files and requests may have with this job; null for no limit.</summary>
    public long? MaxStoredBytes { get; init; }

    /// <summary>
    /// The limit of the account's waiting jobs; null for none. For databases of several gateways: a gateway alone keeps it before
    /// the job is stored.
    /// </summary>
    public QueueLimit? QueueLimit { get; init; }

    /// <summary>What the request counts for in the account's stored bytes, until the job is deleted.</summary>
    public long StoredBytes => RowBytes + Bytes(Input) + Bytes(Echo) + Bytes(WebhookUrl);

    /// <summary>For the columns, indexes and other rows of a job, whose size is limited.</summary>
    public const int RowBytes = 1000;

    private static int Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    /// <summary>The state of the new job.</summary>
    public JobState State => ApproveBy is null ? JobState.Pending : JobState.Awaiting;
}

/// <summary>Makes a repeated request return the job of the first one.</summary>
/// <param name="Key">1 to 255 characters, chosen by the client; unique within the account.</param>
/// <param name="BodyHash">SHA-256 of the request; the same key with a different request is rejected.</param>
public sealed record IdempotencyKey(string Key, byte[] BodyHash)
{
    /// <summary>How long a key is remembered. Default 24 hours.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromHours(24);
}
