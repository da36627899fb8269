namespace Rushes.Client;

/// <summary>Identifies a job. Store it to look the job up later or from another process.</summary>
/// <param name="Model">The model's id.</param>
/// <param name="Id">The job's id.</param>
public sealed record Job(string Model, string Id);

/// <summary>The state of a job.</summary>
public enum JobState
{
    /// <summary>Waiting for a worker.</summary>
    Queued,

    /// <summary>Waiting for approval of its draft: <see cref="RushesClient.ApproveAsync"/>.</summary>
    AwaitingApproval,

    /// <summary>Running on a worker.</summary>
    Running,

    /// <summary>The video is ready.</summary>
    Completed,

    /// <summary>Failed: <see cref="JobStatus.Error"/>.</summary>
    Failed,

    /// <summary>Cancelled.</summary>
    Cancelled,
}

/// <summary>The status of a job.</summary>
public sealed record JobStatus
{
    /// <summary>The state.</summary>
    public required JobState State { get; init; }

    /// <summary>The number of jobs ahead of it, while it is queued.</summary>
    public int? QueuePosition { get; init; }

    /// <summary>The estimated time until the video is ready, while it is queued; null if it is unknown.</summary>
    public TimeSpan? Eta { get; init; }

    /// <summary>Whether the job is queued and no worker can run its model now.</summary>
    public bool IsUnavailable { get; init; }

    /// <summary>The estimated time of the whole run, while it is running.</summary>
    public TimeSpan? EstimatedRun { get; init; }

    /// <summary>The number of completed tasks of the run.</summary>
    public int TasksDone { get; init; }

    /// <summary>The number of tasks of the run; 0 while the job is queued.</summary>
    public int TasksTotal { get; init; }

    /// <summary>The draft, once it is ready: a download URL that needs no key and is valid for one day.</summary>
    public Uri? DraftUrl { get; init; }

    /// <summary>Why the draft could not be made.</summary>
    public string? DraftError { get; init; }

    /// <summary>Why the job failed.</summary>
    public string? Error { get; init; }

    /// <summary>The machine-readable code of the failure.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>
    /// The video's address in the gateway's storage, <c>s3://bucket/key</c>; it can be a <see cref="MediaInput.Url"/> of
    /// another request.
    /// </summary>
    public Uri? ResultUri { get; init; }

    /// <summary>When the finished video is deleted; null if it is kept forever or there is none.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether the state is final.</summary>
    public bool IsFinished => State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    /// <summary>The progress, 0 to 1.</summary>
    public double Fraction =>
        State == JobState.Completed ? 1 : TasksTotal == 0 ? 0 : Math.Clamp((double)TasksDone / TasksTotal, 0, 1);
}
