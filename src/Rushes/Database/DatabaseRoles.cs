namespace Rushes.Database;

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
}
