using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>
/// Accounts. The <c>actor</c> who changes one is recorded in the audit log in the same commit, see <see
/// cref="AuditEntry.Actor"/>.
/// </summary>
public interface IAccountStore
{
    /// <summary>
    /// Returns the id of the account with this name. Creates it with the default plan if it does not exist.
    /// </summary>
    Task<int> EnsureAccountAsync(string name, CancellationToken cancel);

    /// <summary>Returns null if the name is taken.</summary>
    Task<Account?> AddAccountAsync(string name, string plan, string actor, CancellationToken cancel);

    Task<AccountOutcome> ChangeAccountAsync(int id, AccountChange change, string actor, CancellationToken cancel);

    /// <summary>Ordered by id.</summary>
    Task<IReadOnlyList<Account>> ReadAccountsAsync(CancellationToken cancel);
}
