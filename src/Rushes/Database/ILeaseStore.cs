using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>The leases of workers on jobs.</summary>
public interface ILeaseStore
{
    /// <summary>
    /// Leases the first queued job of these lanes by tier, priority, turn and id; null if there is none. It skips jobs that are
    /// too late (<see cref="JobLifecycle.MayClaim"/>), which the sweep ends, and jobs of accounts at their concurrency limit.
    /// </summary>
    Task<Lease?> ClaimAsync(ClaimRequest request, CancellationToken cancel);

    /// <summary>A heartbeat: extends the lease and stores the progress.</summary>
    Task<LeaseAnswer> RenewAsync(long id, long fence, DateTimeOffset until, Progress progress, CancellationToken cancel);

    /// <summary>Ends a run. Returns false if the lease was lost: nothing changes, and the result must be discarded.</summary>
    Task<bool> FinishAsync(long id, long fence, RunOutcome outcome, CancellationToken cancel);

    /// <summary>
    /// Applies the deadlines of leases, starts, approvals and jobs (<see cref="JobLifecycle.Expire"/>). Returns how many jobs
    /// lost their worker, and how many missed another deadline.
    /// </summary>
    /// <param name="due">The time to compare all deadlines except those of leases with.</param>
    /// <param name="heard">The time until which heartbeats could arrive; leases that expire later are kept.</param>
    Task<MissedDeadlines> SweepAsync(DateTimeOffset due, DateTimeOffset heard, CancellationToken cancel);

    /// <summary>
    /// When the next job that does not run misses its start, its approval or its end; null if none has such a deadline.
    /// </summary>
    Task<DateTimeOffset?> NextDeadlineAsync(CancellationToken cancel);

    /// <summary>
    /// At startup: interrupts the runs of workers whose name starts with <paramref name="workerPrefix"/>, which ended when
    /// this process last stopped. Returns how many. It also releases all drafts that were being made.
    /// </summary>
    Task<int> InterruptAsync(string workerPrefix, CancellationToken cancel);
}

/// <summary>Which job a worker may claim.</summary>
/// <param name="Worker">The worker's name: <c>node/slot</c>.</param>
/// <param name="Until">When the lease expires unless it is renewed.</param>
public sealed record ClaimRequest(string Worker, IReadOnlyList<string> Lanes, DateTimeOffset Until)
{
    /// <summary>Ids of the models that may be claimed; null for all models of the lanes.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Returns the concurrency limit of an account, null for none. Null if no account has one.</summary>
    public Func<int, int?>? MaxRunning { get; init; }

    /// <summary>Prefers what the worker has loaded; null: strictly in order.</summary>
    public WarmStart? Warm { get; init; }

    /// <summary>Ids of jobs that are not leased to this worker now.</summary>
    public IReadOnlyList<long> Except { get; init; } = [];

    /// <summary>Accounts whose jobs are not leased to this worker now.</summary>
    public IReadOnlyList<int> ExceptAccounts { get; init; } = [];
}

/// <param name="Leases">Jobs whose worker did not renew the lease in time.</param>
/// <param name="Others">Jobs that missed the deadline for their start, their approval or their end.</param>
public readonly record struct MissedDeadlines(int Leases, int Others)
{
    /// <param name="heard">The time until which heartbeats could arrive.</param>
    public static MissedDeadlines Of(IReadOnlyCollection<JobTransition> expired, DateTimeOffset heard)
    {
        var leases = expired.Count(
            transition => transition.Before.State == JobState.Running && transition.Before.LeaseUntil <= heard);
        return new MissedDeadlines(leases, expired.Count - leases);
    }
}

/// <summary>
/// Lets a job of a loaded model pass the first job if both have the same tier and priority.
/// </summary>
/// <param name="Models">Ids of the loaded models.</param>
/// <param name="Input">What else is loaded: jobs with other values come after those with this one. Null: nothing.</param>
/// <param name="Within">How many jobs from the front of each lane are examined, among those that this worker may
/// claim.</param>
/// <param name="MayPass">Whether the first job may be passed once more. Called only if another job would pass it; it must be
/// fast.</param>
public sealed record WarmStart(IReadOnlyList<string> Models, LoadedInput? Input, int Within, Func<long, bool> MayPass);

/// <summary>The value of an input field that was loaded with a model; empty for none.</summary>
public sealed record LoadedInput(string Field, string Value);
