using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>
/// Jobs, leases, deliveries, accounts, keys and the ledger on disk. Every method that changes something returns after its commit: what it
/// answered survives a power cut. It decides order and leases; it does not know HTTP, files, engines or the catalog.
/// </summary>
public partial interface IDatabase : IAsyncDisposable
{
    /// <summary>
    /// Called once per commit that changed jobs, in commit order, before the callers of that commit are answered.
    /// The receiver must be quick, must not call back and must not keep the list.
    /// </summary>
    event Action<IReadOnlyList<JobChange>>? Committed;

    /// <summary>
    /// Called after a commit that made a delivery due at once, and before that commit's callers are answered. The receiver
    /// must be quick and must not call back.
    /// </summary>
    event Action? DeliveriesWaiting;

    /// <summary>Called after each commit of this gateway's own with the number of writes in it. The receiver must be quick.</summary>
    event Action<int>? GroupCommitted;

    /// <summary>
    /// Begins to tell what other gateways commit, from where <see cref="ReadLiveAsync"/> and what else was read since the
    /// opening left off. To be called once, when everyone has subscribed; until then nothing may be told.
    /// </summary>
    Task FollowAsync(CancellationToken cancel);

    /// <summary>Every job that has not ended, as of its creation, in any order: what a backlog starts from.</summary>
    IAsyncEnumerable<JobChange> ReadLiveAsync(CancellationToken cancel);

    /// <summary>Puts a job into the queue; with an idempotency key once, however often and at once it is asked for.</summary>
    Task<SubmitOutcome> SubmitAsync(NewJob job, CancellationToken cancel);

    /// <summary>What a submit with this key would find: null when it would be new. Cheap; asked before media are stored.</summary>
    Task<SubmitOutcome?> FindIdempotentAsync(int account, IdempotencyKey key, CancellationToken cancel);

    Task<Job?> FindAsync(long id, CancellationToken cancel);

    /// <summary>
    /// Cancels a job that waits. With <paramref name="force"/> a running one is marked, and its worker's next heartbeat is told to stop.
    /// <paramref name="account"/> must own it.
    /// </summary>
    Task<CancelOutcome> CancelAsync(long id, int account, bool force, CancellationToken cancel);

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
    /// Puts jobs whose lease ran out back into the queue as an attempt (or fails them), and fails those that did not start
    /// in time or were not approved in time. Returns how many.
    /// </summary>
    /// <param name="heard">Leases that ran out later stand: their workers could not be heard since.</param>
    Task<int> SweepAsync(DateTimeOffset now, DateTimeOffset heard, CancellationToken cancel);

    /// <summary>
    /// At start: puts back what workers whose name begins with <paramref name="workerPrefix"/> were running when this
    /// process last stopped, as an interruption. Returns how many. Drafts that were being made, by whomever, may be taken again.
    /// </summary>
    Task<int> InterruptAsync(string workerPrefix, CancellationToken cancel);

    /// <summary>
    /// At start, where accounts take no turns: jobs that wait since they did go back to first come, first served.
    /// </summary>
    Task LevelTurnsAsync(CancellationToken cancel);

    /// <summary>Takes deliveries that are due now: bounded for each host, so that none fills the whole answer.</summary>
    Task<DueDeliveries> TakeDueDeliveriesAsync(DeliveryClaim claim, CancellationToken cancel);

    /// <summary>
    /// Logs a try of a pending delivery and moves it on. False: that number was logged before, nothing was changed.
    /// </summary>
    /// <param name="nextAt">When it is due again; given with <see cref="DeliveryState.Pending"/>, and only then.</param>
    Task<bool> RecordTryAsync(long delivery, DeliveryTry made, DeliveryState next, DateTimeOffset? nextAt, CancellationToken cancel);

    /// <summary>The deliveries of a job to its owner; empty for anyone else.</summary>
    Task<IReadOnlyList<DeliveryLog>> ReadDeliveriesAsync(long job, int account, CancellationToken cancel);

    /// <summary>Begins a new run, due at once, whatever became of the last. False: no such delivery of this account.</summary>
    Task<bool> RedeliverAsync(long delivery, int account, CancellationToken cancel);

    /// <summary>The newest finished runs, newest first: what run times are learned from after a restart.</summary>
    Task<IReadOnlyList<FinishedRun>> ReadRecentRunsAsync(int limit, CancellationToken cancel);

    /// <summary>A secret of this installation, such as the key that signs links: made on first use, the same ever after.</summary>
    Task<byte[]> SecretAsync(string name, int bytes, CancellationToken cancel);
}

/// <param name="Worker">Who claims: <c>node/slot</c>.</param>
/// <param name="Until">When the lease runs out unless renewed.</param>
public sealed record ClaimRequest(string Worker, IReadOnlyList<string> Lanes, DateTimeOffset Until)
{
    /// <summary>Ids of the models that may be leased; null for every model of the lanes.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>How many jobs of an account may run at once, null for any number. No function at all: no account has such a bound.</summary>
    public Func<int, int?>? MostRunning { get; init; }

    /// <summary>What the worker would start soonest; null: strictly in order.</summary>
    public WarmStart? Warm { get; init; }
}

/// <summary>Lets a job go before the first one when they are equal in tier and priority, and its model is loaded already.</summary>
/// <param name="Models">Ids of the models that are.</param>
/// <param name="Within">The job must be among so many from the front of its lane: those that this worker may take at all.</param>
/// <param name="MayPass">Whether the first job may be passed over, once more. Asked only when another one would go before it; it must be quick.</param>
public sealed record WarmStart(IReadOnlyList<string> Models, int Within, Func<long, bool> MayPass);
