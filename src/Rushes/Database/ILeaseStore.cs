using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>The leases of workers on jobs.</summary>
public interface ILeaseStore
{
    /// <summary>
    /// Leases the first queued job of these lanes by tier, priority, turn, id; null when there is none. A job whose
    /// <see cref="Job.StartBy"/> passed before its first run is left to the sweep, and one whose account runs as many as
    /// <see cref="ClaimRequest.MostRunning"/> allows is passed over.
    /// </summary>
    Task<Lease?> ClaimAsync(ClaimRequest request, CancellationToken cancel);

    /// <summary>A heartbeat: extends the lease and stores progress.</summary>
    Task<LeaseAnswer> RenewAsync(long id, long fence, DateTimeOffset until, Progress progress, CancellationToken cancel);

    /// <summary>Ends a run. False: the lease was lost, nothing was changed, throw the work away.</summary>
    Task<bool> FinishAsync(long id, long fence, RunOutcome outcome, CancellationToken cancel);

    /// <summary>
    /// Applies the deadlines of leases, starts and approvals (<see cref="JobLifecycle.Expire"/>). Returns how many had passed.
    /// </summary>
    /// <param name="due">Starts and approvals are due that were to happen by then.</param>
    /// <param name="heard">Until when workers could be heard: a lease that ran out later stands.</param>
    Task<int> SweepAsync(DateTimeOffset due, DateTimeOffset heard, CancellationToken cancel);

    /// <summary>
    /// At start: puts back what workers whose name begins with <paramref name="workerPrefix"/> were running when this
    /// process last stopped, as an interruption. Returns how many. Drafts that were being made, by whomever, may be taken again.
    /// </summary>
    Task<int> InterruptAsync(string workerPrefix, CancellationToken cancel);
}
/// <param name="Worker">Who claims: <c>node/slot</c>.</param>
/// <param name="Until">When the lease runs out unless renewed.</param>
public sealed record ClaimRequest(string Worker, IReadOnlyList<string> Lanes, DateTimeOffset Until)
{
    /// <summary>Ids of the models that may be leased; null for every model of the lanes.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>
    /// How many jobs of an account may run at once, null for any number. No function at all: no account has such a bound.
    /// </summary>
    public Func<int, int?>? MostRunning { get; init; }

    /// <summary>What the worker would start soonest; null: strictly in order.</summary>
    public WarmStart? Warm { get; init; }

    /// <summary>Ids of jobs that are not leased to this worker now.</summary>
    public IReadOnlyList<long> Except { get; init; } = [];
}

/// <summary>
/// Lets a job go before the first one when they are equal in tier and priority, and its model is loaded already.
/// </summary>
/// <param name="Models">Ids of the models that are.</param>
/// <param name="Within">The job must be among so many from the front of its lane: those that this worker may take at all.</param>
/// <param name="MayPass">Whether the first job may be passed over, once more. Asked only when another one would go before
/// it; it must be quick.</param>
public sealed record WarmStart(IReadOnlyList<string> Models, int Within, Func<long, bool> MayPass);
