using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>
/// Accounts. Who changes one is noted in the audit, in the same commit: <c>actor</c>, as <see cref="AuditEntry.Actor"/>.
/// </summary>
public interface IAccountStore
{
    /// <summary>Creates the account when there is none by that name, with the default plan; gives its id.</summary>
    Task<int> EnsureAccountAsync(string name, CancellationToken cancel);

    /// <summary>Null: the name is taken.</summary>
    Task<Account?> AddAccountAsync(string name, string plan, string actor, CancellationToken cancel);

    Task<AccountOutcome> ChangeAccountAsync(int id, AccountChange change, string actor, CancellationToken cancel);

    /// <summary>By id.</summary>
    Task<IReadOnlyList<Account>> ReadAccountsAsync(CancellationToken cancel);
}
