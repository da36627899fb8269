using System.Collections.Concurrent;
using System.Globalization;
using Rushes.Catalog;

namespace Rushes.Accounts;

/// <summary>Every account in memory, with the plan it has: asking costs no SQL.</summary>
public sealed class AccountDirectory(IReadOnlyDictionary<string, Plan> plans)
{
    private readonly ConcurrentDictionary<int, Account> accounts = [];

    public IReadOnlyDictionary<string, Plan> Plans => plans;

    /// <summary>Some account's plan has a rate, or had since the start. While none has, no request pays for them.</summary>
    public bool HasRates { get; private set; }

    /// <summary>Some account's plan bounds what runs, or did since the start. While none does, no claim counts.</summary>
    public bool HasRunningBounds { get; private set; }

    /// <summary>Takes an account as it is now.</summary>
    public void Apply(Account account)
    {
        accounts[account.Id] = account;
        if (!plans.TryGetValue(account.Plan, out var plan)) return;
        HasRates |= plan.RequestsPerSecond is not null || plan.JobsPerWindow is not null;
        HasRunningBounds |= plan.MostRunning is not null;
    }

    /// <summary>Null: there is none.</summary>
    public Account? Find(int id) => accounts.GetValueOrDefault(id);

    /// <summary>By id or name; null: there is none.</summary>
    public Account? Find(string idOrName) =>
        (int.TryParse(idOrName, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Find(id) : null)
        ?? accounts.Values.FirstOrDefault(account => account.Name == idOrName);

    public bool IsSuspended(int account) => accounts.TryGetValue(account, out var found) && found.Suspended;

    /// <exception cref="InvalidOperationException">No such account, or a plan that is not in the catalog: the start checks
    /// both.</exception>
    public Plan PlanOf(int account) =>
        accounts.TryGetValue(account, out var found) && plans.TryGetValue(found.Plan, out var plan)
            ? plan
            : throw new InvalidOperationException($"account {account} or its plan \"{found?.Plan}\" is not known");
}
