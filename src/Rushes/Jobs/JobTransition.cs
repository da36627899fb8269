namespace Rushes.Jobs;

/// <summary>A change of one job, and what has to be stored and told along with it, in the same commit.</summary>
public sealed record JobTransition
{
    private JobTransition(Job before, Job after, PastRun? pastRun) => (Before, After, PastRun) = (before, after, pastRun);

    public Job Before { get; }

    public Job After { get; }

    /// <summary>To be kept: the run that <see cref="After"/> does not tell of any more.</summary>
    public PastRun? PastRun { get; }

    public bool Ends => After.State.IsFinished && !Before.State.IsFinished;

    /// <summary>A webhook delivery is to be made.</summary>
    public bool AddsDelivery => Ends && After.WebhookUrl is not null;

    /// <summary>What becomes of the price that is held for the job.</summary>
    public Settlement Settlement =>
        !Ends || After.Price == 0 ? Settlement.None
        : After.State == JobState.Completed ? Settlement.Capture
        : Settlement.Release;

    /// <summary>The run goes on: nothing but its lease, progress or stop mark changed.</summary>
    public bool IsHeartbeat => Before.State == JobState.Running && After.State == JobState.Running;

    /// <exception cref="InvalidOperationException">No event leads from one state to the other.</exception>
    public static JobTransition Of(Job before, Job after, PastRun? pastRun = null) =>
        before.State == after.State || before.State.MayBecome(after.State)
            ? new JobTransition(before, after, pastRun)
            : throw new InvalidOperationException($"job {before.Id} cannot go from {before.State} to {after.State}");

    /// <summary>Both as one, for a job that changes twice in a commit.</summary>
    public JobTransition Then(JobTransition next) => new(Before, next.After, PastRun ?? next.PastRun);

    /// <summary>What the backlog and other followers are told.</summary>
    public JobChange ToChange(DateTimeOffset at) => JobChange.Of(After, at, isHeartbeat: IsHeartbeat);
}

/// <summary>What becomes of a held price when its job ends.</summary>
public enum Settlement
{
    None,
    Capture,
    Release,
}
