using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>What operators did. Entries are only ever appended.</summary>
public interface IAuditLog
{
    /// <summary>Records something that changed nothing else here. Its id and time are given here.</summary>
    Task AppendAuditAsync(AuditEntry entry, CancellationToken cancel);

    /// <summary>What comes after an id, oldest first; 0 for all.</summary>
    IAsyncEnumerable<AuditEntry> ReadAuditAsync(long after, CancellationToken cancel);
}
