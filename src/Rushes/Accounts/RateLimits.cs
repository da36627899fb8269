using System.Collections.Concurrent;
using Rushes.Catalog;

namespace Rushes.Accounts;

/// <summary>
/// Applies the rate limits of account plans, in this process only, to limit its load. Limits that must hold across gateways
/// are in the database.
/// </summary>
public sealed class RateLimits(Func<int, Plan> planOf, TimeProvider clock)
{
    private readonly ConcurrentDictionary<int, Rates> byAccount = new();

    /// <summary>Counts a request. Returns null if it is allowed, otherwise how long to wait.</summary>
    public TimeSpan? TakeRequest(int account) =>
        planOf(account) is { RequestsPerSecond: not null } plan ? Of(account, plan).Requests!.Take() : null;

    /// <summary>Counts a new job; null if the plan has no limit.</summary>
    public Quota? TakeJob(int account) =>
        planOf(account) is { JobsPerWindow: not null } plan ? Of(account, plan).Jobs!.Take() : null;

    /// <summary>Counts a dry run; null if the plan has no limit.</summary>
    public Quota? TakeDryRun(int account) =>
        planOf(account) is { JobsPerWindow: not null } plan ? Of(account, plan).DryRuns!.Take() : null;

    /// <summary>The state of the account's window; null if the plan has none.</summary>
    public Quota? Look(int account) =>
        planOf(account) is { JobsPerWindow: not null } plan ? Of(account, plan).Jobs!.Look() : null;

    private Rates Of(int account, Plan plan)
    {
        if (byAccount.TryGetValue(account, out var known) && known.Plan == plan) return known;
        // A changed plan starts at zero.
        return byAccount.AddOrUpdate(
            account, static (_, given) => given, static (_, old, given) => old.Plan == given.Plan ? old : given,
            new Rates(plan, clock));
    }

    private sealed class Rates(Plan plan, TimeProvider clock)
    {
        public Plan Plan => plan;

        public SteadyRate? Requests { get; } = plan.RequestsPerSecond is { } perSecond ? new SteadyRate(perSecond, clock) : null;

        public SlidingWindow? Jobs { get; } = Window(plan, clock);

        public SlidingWindow? DryRuns { get; } = Window(plan, clock);

        private static SlidingWindow? Window(Plan plan, TimeProvider clock) =>
            plan is { JobsPerWindow: { } most, WindowSeconds: { } seconds }
            ? new SlidingWindow(most, TimeSpan.FromSeconds(seconds), clock)
            : null;
    }
}
