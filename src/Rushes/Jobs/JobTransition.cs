namespace Rushes.Jobs;

/// <summary>A change of one job, and what has to be stored and published with it in the same commit.</summary>
public sealed record JobTransition
{
    private JobTransition(Job before, Job after, PastRun? pastRun) => (Before, After, PastRun) = (before, after, pastRun);

    public Job Before { get; }

    public Job After { get; }

    /// <summary>The run to store, because <see cref="After"/> no longer contains its data.</summary>
    public PastRun? PastRun { get; }

    public bool Ends => After.State.IsFinished && !Before.State.IsFinished;

    /// <summary>The webhook events for which a delivery is created, in this order.</summary>
    public IEnumerable<WebhookEvents> Events => After.WebhookUrl is null ? [] : AllEvents.Where(Occurs);

    /// <summary>What happens to the price that is held for the job.</summary>
    public Settlement Settlement =>
        !Ends || After.Price == 0 ? Settlement.None
        : After.State == JobState.Completed ? Settlement.Capture
        : Settlement.Release;

    /// <summary>The run continues: only its lease, progress or stop request changed.</summary>
    public bool IsHeartbeat => Before.State == JobState.Running && After.State == JobState.Running;

    private static readonly WebhookEvents[] AllEvents =
        [WebhookEvents.Start, WebhookEvents.Progress, WebhookEvents.Output, WebhookEvents.End];

    private bool Occurs(WebhookEvents each) => After.WebhookEvents.HasFlag(each) && each switch
    {
        WebhookEvents.Start => Before.Fence == 0 && After.State == JobState.Running,
        WebhookEvents.Progress => IsHeartbeat && !After.Progress.IsSameStep(Before.Progress),
        WebhookEvents.Output => Ends && After.State == JobState.Completed,
        _ => Ends,
    };

    /// <exception cref="InvalidOperationException">No event causes this change of state.</exception>
    public static JobTransition Of(Job before, Job after, PastRun? pastRun = null) =>
        before.State == after.State || before.State.MayBecome(after.State)
            ? new JobTransition(before, after, pastRun)
            : throw new InvalidOperationException($"job {before.Id} cannot go from {before.State} to {after.State}");

    /// <summary>Combines two changes of a job in one commit.</summary>
    public JobTransition Then(JobTransition next) => new(Before, next.After, PastRun ?? next.PastRun);

    /// <summary>The change for the backlog and other followers.</summary>
    public JobChange ToChange(DateTimeOffset at) => JobChange.Of(After, at, isHeartbeat: IsHeartbeat);
}

/// <summary>What happens to a held price when its job ends.</summary>
public enum Settlement
{
    None,
    Capture,
    Release,
}

/// <summary>A run after which the job returned to the queue.</summary>
/// <param name="Fence">The fencing token of its lease; 1 for the job's first run.</param>
/// <param name="Error">Why it failed; null for an interruption.</param>
public sealed record PastRun(long Fence, string Worker, DateTimeOffset StartedAt, DateTimeOffset EndedAt, JobError? Error);
