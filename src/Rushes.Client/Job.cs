namespace Rushes.Client;

/// <summary>A job by its name: all it takes to ask for it again, tomorrow or from another machine.</summary>
/// <param name="Model">The id of the model it was asked of.</param>
/// <param name="Id">The gateway's number for it.</param>
public sealed record Job(string Model, string Id);

/// <summary>Where a job stands.</summary>
public enum JobState
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>Waits to be approved: <see cref="RushesClient.ApproveAsync"/>.</summary>
    AwaitingApproval,

    /// <summary>A worker makes it.</summary>
    Running,

    /// <summary>The video is there.</summary>
    Completed,

    /// <summary>There will be no video: <see cref="JobStatus.Error"/>.</summary>
    Failed,

    /// <summary>It was called off.</summary>
    Cancelled,
}

/// <summary>Where a job stands, and what can be said of its future.</summary>
public sealed record JobStatus
{
    /// <summary>Queued, running or ended.</summary>
    public required JobState State { get; init; }

    /// <summary>Jobs before it, while it waits.</summary>
    public int? QueuePosition { get; init; }

    /// <summary>Until the video is there, while it waits.</summary>
    public TimeSpan? Eta { get; init; }

    /// <summary>The whole run, waiting not counted, while it runs.</summary>
    public TimeSpan? EstimatedRun { get; init; }

    /// <summary>Parts of the run that are done.</summary>
    public int TasksDone { get; init; }

    /// <summary>Parts of the run; 0 while it waits.</summary>
    public int TasksTotal { get; init; }

    /// <summary>The draft, once it is made: a link that needs no key and lives a day.</summary>
    public Uri? DraftUrl { get; init; }

    /// <summary>Why there will be no draft.</summary>
    public string? DraftError { get; init; }

    /// <summary>Why it failed, for people.</summary>
    public string? Error { get; init; }

    /// <summary>Why it failed, for programs.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The video's address in the gateway's store, <c>s3://bucket/key</c>; good as a <see cref="MediaInput.Link"/> of another request.</summary>
    public Uri? ResultUri { get; init; }

    /// <summary>Nothing will change any more.</summary>
    public bool IsFinished => State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    /// <summary>The share that is done, 0 to 1.</summary>
    public double Fraction => State == JobState.Completed ? 1 : TasksTotal == 0 ? 0 : Math.Clamp((double)TasksDone / TasksTotal, 0, 1);
}
