using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>The actions of operators. Entries are never changed or deleted.</summary>
public interface IAuditLog
{
    /// <summary>Appends an entry for something that is not in the database. Assigns its id and time.</summary>
    Task AppendAuditAsync(AuditEntry entry, CancellationToken cancel);

    /// <summary>The entries after an id, oldest first; 0 for all.</summary>
    IAsyncEnumerable<AuditEntry> ReadAuditAsync(long after, CancellationToken cancel);
}
