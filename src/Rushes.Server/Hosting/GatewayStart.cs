using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Engines;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Metrics;
using Rushes.Server.Otlp;
using Rushes.Server.Settings;

namespace Rushes.Server.Hosting;

/// <summary>Loads what a gateway keeps in memory, in the order in which each part needs the one before it.</summary>
internal sealed class GatewayStart(
    IServiceProvider services, IDatabase database, GatewayOptions options, DataFolder data, ModelCatalog catalog,
    AccountDirectory accounts,
    KeyRing keys, ConsoleSessions sessions, Backlog backlog, RunTimes runTimes, TimeProvider clock,
    ILogger<SafeStart> log)
{
    private const int RunsLearnedFrom = 1000;

    /// <exception cref="SettingsException">An engine, a key or another setting cannot be used.</exception>
    /// <exception cref="CatalogException">An account has a plan that the catalog no longer has.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        // Resolved here, before anything is served: an engine that cannot be used stops the start.
        _ = services.GetRequiredService<EngineSet>();
        SafeStart.Log(log, data, options.ApiKey);
        GatewayFollowers.FollowAccounts(services);
        await LoadAccountsAsync(cancel);
        await LoadJobsAsync(cancel);
        GatewayFollowers.FollowJobs(services);
        foreach (var lane in await database.Lists.ReadPausedLanesAsync(cancel)) backlog.Pause(lane, true);
        // Changes that other gateways commit are followed from here on.
        await database.FollowAsync(cancel);
        // Last, so that it is disposed first and still reads every metric when it sends for the last time.
        _ = services.GetService<OtlpExport>();
    }

    private async Task LoadAccountsAsync(CancellationToken cancel)
    {
        var made = await FirstKey.EnsureAsync(
            database.Accounts, database.Keys, options.ApiKey, data.Path, DatabaseChoice.IsShared(options), clock, cancel);
        if (made is not null) FirstKey.Announce(data.Path, made);
        foreach (var account in await database.Accounts.ReadAccountsAsync(cancel)) accounts.Apply(Known(account));
        foreach (var key in await database.Keys.ReadKeysAsync(cancel)) keys.Apply(key);
        foreach (var session in await database.Sessions.ReadSessionsAsync(cancel)) sessions.Apply(session);
        await database.Audit.AppendAuditAsync(SettingsAudit.Of(options), cancel);
    }

    private async Task LoadJobsAsync(CancellationToken cancel)
    {
        foreach (var run in (await database.Lists.ReadRecentRunsAsync(RunsLearnedFrom, cancel)).Reverse()) runTimes.Record(run);
        if (!options.FairShare) await database.Jobs.LevelTurnsAsync(cancel);
        var live = database.Jobs.ReadLiveAsync(cancel);
        await backlog.LoadAsync(services.GetService<QueueMetrics>()?.Watch(live, cancel) ?? live, cancel);
    }

    private Account Known(Account account) => catalog.Plans.ContainsKey(account.Plan)
        ? account
        : throw new CatalogException(
            $"Account \"{account.Name}\" has the plan \"{account.Plan}\", which is no longer in the catalog; add it again.");
}
