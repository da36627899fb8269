using System.Collections.Concurrent;
using System.Globalization;
using Rushes.Catalog;

namespace Rushes.Accounts;

/// <summary>All accounts with their plans, in memory, so that reading them needs no SQL.</summary>
public sealed class AccountDirectory(IReadOnlyDictionary<string, Plan> plans)
{
    private readonly ConcurrentDictionary<int, Account> accounts = [];

    public IReadOnlyDictionary<string, Plan> Plans => plans;

    /// <summary>
    /// Whether the plan of any account has rate limits, or had since the start. If not, requests skip the check.
    /// </summary>
    public bool HasRates { get; private set; }

    /// <summary>
    /// Whether the plan of any account has a concurrency limit, or had since the start. If not, claims skip the count.
    /// </summary>
    public bool HasConcurrencyLimits { get; private set; }

    /// <summary>Applies a change of an account.</summary>
    public void Apply(Account account)
    {
        accounts[account.Id] = account;
        if (!plans.TryGetValue(account.Plan, out var plan)) return;
        HasRates |= plan.RequestsPerSecond is not null || plan.JobsPerWindow is not null;
        HasConcurrencyLimits |= plan.MaxRunning is not null;
    }

    /// <summary>Returns null if there is none.</summary>
    public Account? Find(int id) => accounts.GetValueOrDefault(id);

    /// <summary>Finds an account by id or name; null if there is none.</summary>
    public Account? Find(string idOrName) =>
        (int.TryParse(idOrName, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Find(id) : null)
        ?? accounts.Values.FirstOrDefault(account => account.Name == idOrName);

    public bool IsSuspended(int account) => accounts.TryGetValue(account, out var found) && found.Suspended;

    /// <exception cref="InvalidOperationException">The account or its plan does not exist. Both are checked at
    /// startup.</exception>
    public Plan PlanOf(int account) =>
        accounts.TryGetValue(account, out var found) && plans.TryGetValue(found.Plan, out var plan)
            ? plan
            : throw new InvalidOperationException($"account {account} or its plan \"{found?.Plan}\" does not exist");
}
