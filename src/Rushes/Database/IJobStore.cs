using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>Jobs from their creation on. What happens to them in the queue and afterwards is in the other roles.</summary>
public interface IJobStore
{
    /// <summary>Puts a job into the queue; with an idempotency key once, however often and at once it is asked for.</summary>
    Task<SubmitOutcome> SubmitAsync(NewJob job, CancellationToken cancel);

    /// <summary>
    /// What a submit with this key would find: null when it would be new. Cheap; asked before media are stored.
    /// </summary>
    Task<SubmitOutcome?> FindIdempotentAsync(int account, IdempotencyKey key, CancellationToken cancel);

    Task<Job?> FindAsync(long id, CancellationToken cancel);

    /// <inheritdoc cref="JobLifecycle.Cancel"/>
    Task<CancelOutcome> CancelAsync(long id, int account, bool force, CancellationToken cancel);

    /// <summary>Puts a job that waits for approval into the queue, where its tier, priority and age place it.</summary>
    Task<ApproveOutcome> ApproveAsync(long id, int account, CancellationToken cancel);

    /// <summary>
    /// Gives a queued job a tier above all that wait in its lane, so that it is leased next; it keeps it when it comes back
    /// from a run. <paramref name="actor"/> is noted in the audit.
    /// </summary>
    Task<MoveOutcome> MoveToFrontAsync(long id, string actor, CancellationToken cancel);

    /// <summary>Every job that has not ended, as of its creation, in any order: what a backlog starts from.</summary>
    IAsyncEnumerable<JobChange> ReadLiveAsync(CancellationToken cancel);

    /// <summary>
    /// At start, where accounts take no turns: jobs that wait since they did go back to first come, first served.
    /// </summary>
    Task LevelTurnsAsync(CancellationToken cancel);
}
