using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Tests.Work;

/// <summary>The database's own leases; the answer to the first end of a run is lost.</summary>
/// <param name="lostClaim">The number of the claim whose request is lost; 0: none is.</param>
/// <param name="lostRenewals">How many renewals are lost at first.</param>
internal sealed class LossyLeases(ILeaseStore store, int lostClaim = 0, int lostRenewals = 0) : ILeaseStore
{
    private int claims;
    private int renewals;
    private int answered;

    public int Finishes { get; private set; }

    /// <summary>The claims that were answered.</summary>
    public int Answered => Volatile.Read(ref answered);

    public async Task<bool> FinishAsync(long id, long fence, RunOutcome outcome, CancellationToken cancel)
    {
        var finished = await store.FinishAsync(id, fence, outcome, cancel);
        if (++Finishes == 1) throw new DatabaseAwayException("The connection was lost.", null, mayBeDone: true);
        return finished;
    }

    public async Task<Lease?> ClaimAsync(ClaimRequest request, CancellationToken cancel)
    {
        if (Interlocked.Increment(ref claims) == lostClaim) throw new DatabaseAwayException("The connection was lost.", null);
        var lease = await store.ClaimAsync(request, cancel);
        Interlocked.Increment(ref answered);
        return lease;
    }

    public Task<LeaseAnswer> RenewAsync(
        long id, long fence, DateTimeOffset until, Progress progress, CancellationToken cancel) =>
        Interlocked.Increment(ref renewals) <= lostRenewals
            ? throw new DatabaseAwayException("The connection was lost.", null)
            : store.RenewAsync(id, fence, until, progress, cancel);

    public Task<DateTimeOffset?> NextDeadlineAsync(CancellationToken cancel) => store.NextDeadlineAsync(cancel);

    public Task<MissedDeadlines> SweepAsync(DateTimeOffset due, DateTimeOffset heard, CancellationToken cancel) =>
        store.SweepAsync(due, heard, cancel);

    public Task<int> InterruptAsync(string workerPrefix, CancellationToken cancel) =>
        store.InterruptAsync(workerPrefix, cancel);
}
