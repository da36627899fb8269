using Microsoft.Extensions.Logging;

namespace Rushes.Database;

/// <summary>
/// What is on disk, by role: each part of the program takes the roles it uses. Every method that changes something returns
/// after its commit: what it answered survives a power cut. The database keeps order and leases; it does not know HTTP, files,
/// engines or the catalog, and what becomes of a job is decided by <see cref="Jobs.JobLifecycle"/>.
/// </summary>
public interface IDatabase : IAsyncDisposable
{
    IJobStore Jobs { get; }

    ILeaseStore Leases { get; }

    IDraftStore Drafts { get; }

    IDeliveryStore Deliveries { get; }

    IAccountStore Accounts { get; }

    IKeyStore Keys { get; }

    ISessionStore Sessions { get; }

    ILedger Ledger { get; }

    IAuditLog Audit { get; }

    IJobLists Lists { get; }

    IRetentionStore Retention { get; }

    IFileCounts FileCounts { get; }

    /// <summary>Who is told of commits.</summary>
    CommitFollowers Followers { get; }

    /// <summary>
    /// Begins to tell followers what other gateways commit, from where <see cref="IJobStore.ReadLiveAsync"/> and what else was
    /// read since the opening left off. To be called once, when everyone follows; until then nothing may be told.
    /// </summary>
    Task FollowAsync(CancellationToken cancel);

    /// <summary>Where it reports that its server went away or came back, and followers that failed.</summary>
    void LogTo(ILogger log);
}
