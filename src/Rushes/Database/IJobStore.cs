using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>Creates and reads jobs, and changes queued ones.</summary>
public interface IJobStore
{
    /// <summary>Creates a job. With an idempotency key it creates only one.</summary>
    Task<SubmitOutcome> SubmitAsync(NewJob job, CancellationToken cancel);

    /// <summary>The outcome of submitting with this key; null if it is new. A fast check before media are stored.</summary>
    Task<SubmitOutcome?> FindIdempotentAsync(int account, IdempotencyKey key, CancellationToken cancel);

    Task<Job?> FindAsync(long id, CancellationToken cancel);

    /// <inheritdoc cref="JobLifecycle.Cancel"/>
    Task<CancelOutcome> CancelAsync(long id, int account, bool force, CancellationToken cancel);

    /// <summary>
    /// Deletes a job and everything stored about it except ledger entries; see <see cref="JobLifecycle.Delete"/>. The caller
    /// deletes its files.
    /// </summary>
    /// <returns>The job as it was; null if the account has none.</returns>
    Task<Job?> DeleteAsync(long id, int account, CancellationToken cancel);

    /// <summary>Queues a job that waits for approval.</summary>
    Task<ApproveOutcome> ApproveAsync(long id, int account, CancellationToken cancel);

    /// <summary>
    /// Gives a queued job a higher tier than all other queued jobs of its lane, so that it is claimed next. The job keeps the
    /// tier if it is retried. <paramref name="actor"/> is recorded in the audit log.
    /// </summary>
    Task<MoveOutcome> MoveToFrontAsync(long id, string actor, CancellationToken cancel);

    /// <summary>All unfinished jobs in any order, to fill the backlog.</summary>
    IAsyncEnumerable<JobChange> ReadLiveAsync(CancellationToken cancel);

    /// <summary>At startup without fair share: removes the turns of queued jobs that were created with it.</summary>
    Task LevelTurnsAsync(CancellationToken cancel);
}

/// <summary>The result of submitting a job.</summary>
public abstract record SubmitOutcome
{
    private SubmitOutcome() { }

    /// <summary>The job was created.</summary>
    public sealed record Created(long Id) : SubmitOutcome;

    /// <summary>
    /// The account sent the same request with the same key within <see cref="Jobs.IdempotencyKey.Life"/>; this is its job.
    /// </summary>
    public sealed record Replayed(long Id) : SubmitOutcome;

    /// <summary>The key was used with a different request; no job was created.</summary>
    public sealed record Mismatch : SubmitOutcome;

    /// <summary>The account's credit is less than the price; no job was created. Both in millionths.</summary>
    public sealed record NoCredit(long Needed, long Available) : SubmitOutcome;

    /// <summary>The account would have more stored than <see cref="NewJob.MaxStoredBytes"/>; no job was created.</summary>
    public sealed record StorageFull(long Stored) : SubmitOutcome;

    /// <summary>As many jobs of the account wait as <see cref="NewJob.QueueLimit"/> allows; no job was created.</summary>
    public sealed record QueueFull : SubmitOutcome;
}
