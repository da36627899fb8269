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

    IModelOffers ModelOffers { get; }

    IJobLibrary Library { get; }

    IUsage Usage { get; }

    IReportStore Reports { get; }

    CommitFollowers Followers { get; }

    /// <summary>
    /// Starts to notify followers of commits by other gateways, continuing after what <see cref="IJobStore.ReadLiveAsync"/>
    /// and other reads returned since the database was opened. Call it once, after all followers were added.
    /// </summary>
    Task FollowAsync(CancellationToken cancel);

    /// <summary>Sets the log for lost and restored connections and for failing followers.</summary>
    void LogTo(ILogger log);
}

/// <summary>The database cannot be reached or cannot write now. It may become available later.</summary>
/// <param name="mayBeDone">The connection was lost during the commit, so it is unknown whether the change was
/// committed.</param>
public sealed class DatabaseAwayException(string message, Exception? cause, bool mayBeDone = false) : Exception(message, cause)
{
    public bool MayBeDone => mayBeDone;
}

/// <summary>The roles of a database; the constructor of the database sets all of them.</summary>
public abstract class DatabaseRoles
{
    public IJobStore Jobs { get; protected init; } = null!;

    public ILeaseStore Leases { get; protected init; } = null!;

    public IDraftStore Drafts { get; protected init; } = null!;

    public IDeliveryStore Deliveries { get; protected init; } = null!;

    public IAccountStore Accounts { get; protected init; } = null!;

    public IKeyStore Keys { get; protected init; } = null!;

    public ISessionStore Sessions { get; protected init; } = null!;

    public ILedger Ledger { get; protected init; } = null!;

    public IAuditLog Audit { get; protected init; } = null!;

    public IJobLists Lists { get; protected init; } = null!;

    public IRetentionStore Retention { get; protected init; } = null!;

    public IFileCounts FileCounts { get; protected init; } = null!;

    public IModelOffers ModelOffers { get; protected init; } = null!;

    public IJobLibrary Library { get; protected init; } = null!;

    public IUsage Usage { get; protected init; } = null!;

    public IReportStore Reports { get; protected init; } = null!;
}
