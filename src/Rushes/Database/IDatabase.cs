using Microsoft.Extensions.Logging;

namespace Rushes.Database;

/// <summary>
/// The database, split into roles; each part of the program takes the roles it uses. Every method that changes something
/// returns after its commit, so that the change survives a power failure. The database does not know HTTP, files, engines or
/// the catalog; <see cref="Jobs.JobLifecycle"/> decides what happens to a job.
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

    CommitFollowers Followers { get; }

    /// <summary>
    /// Starts to notify followers of commits by other gateways, continuing after what <see cref="IJobStore.ReadLiveAsync"/>
    /// and other reads returned since the database was opened. Call it once, after all followers were added.
    /// </summary>
    Task FollowAsync(CancellationToken cancel);

    /// <summary>Sets the log for lost and restored connections and for failing followers.</summary>
    void LogTo(ILogger log);
}
