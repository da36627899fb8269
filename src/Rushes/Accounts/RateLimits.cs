using System.Collections.Concurrent;
using Rushes.Catalog;

namespace Rushes.Accounts;

/// <summary>
/// Holds each account to the rates of its plan, in this process alone: it guards the machine's load. What must be fair or
/// exact over all gateways is the database's. An account whose plan has no rates costs one look at its plan.
/// </summary>
public sealed class RateLimits(Func<int, Plan> planOf, TimeProvider clock)
{
    private readonly ConcurrentDictionary<int, Rates> byAccount = new();

    /// <summary>Takes one request of any kind. Null: go on; else how long to wait.</summary>
    public TimeSpan? TakeRequest(int account) =>
        planOf(account) is { RequestsPerSecond: not null } plan ? Of(account, plan).Requests!.Take() : null;

    /// <summary>Takes one new job; null where the plan has no window.</summary>
    public Quota? TakeJob(int account) =>
        planOf(account) is { JobsPerWindow: not null } plan ? Of(account, plan).Jobs!.Take() : null;

    /// <summary>Takes one dry run; null where the plan has no window.</summary>
    public Quota? TakeDryRun(int account) =>
        planOf(account) is { JobsPerWindow: not null } plan ? Of(account, plan).DryRuns!.Take() : null;

    /// <summary>How the account's window stands; null where the plan has none.</summary>
    public Quota? Look(int account) =>
        planOf(account) is { JobsPerWindow: not null } plan ? Of(account, plan).Jobs!.Look() : null;

    private Rates Of(int account, Plan plan)
    {
        if (byAccount.TryGetValue(account, out var known) && known.Plan == plan) return known;
        // Another plan than before counts from nothing.
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
