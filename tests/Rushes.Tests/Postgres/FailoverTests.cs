using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>A standby that takes over, with streaming replication of PostgreSQL's own.</summary>
public sealed class FailoverTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_is_kept_by_a_standby_that_is_promoted_under_load()
    {
        await using var primary = await PostgresCluster.StartAsync();
        await primary.CreateAsync("rushes");
        await using var standby = await primary.AddStandbyAsync();
        // A commit is acknowledged once the standby has it. On the primary only: the standby has none of its own.
        await primary.RunAsync("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        await primary.RunAsync("postgres", "SELECT pg_reload_conf()");
        await Eventually.TrueAsync(
            async () => await primary.ReadAsync("postgres", "SELECT sync_state FROM pg_stat_replication") == "sync", Cancel);
        var url = PostgresUrl.Parse(
            $"postgres://rushes:rushes@127.0.0.1:{primary.Port},127.0.0.1:{standby.Port}/rushes?target_session_attrs=read-write");
        var nodes = new[] { await GatewayNode.StartAsync(url, Cancel), await GatewayNode.StartAsync(url, Cancel) };
        var account = await nodes[0].Database.Accounts.EnsureAccountAsync("alice", Cancel);
        await nodes[0].Database.Ledger.AddCreditAsync(new(account, "USD", 1_000_000, null), "key 1", Cancel);

        var clients = new CreatingClients(nodes, account, Cancel);
        await clients.UntilEachMadeAsync(50);
        await primary.KillAsync();
        await standby.RunAsync("postgres", "SELECT pg_promote()");
        await clients.UntilEachMadeAsync(50);
        await clients.StopAsync();

        var live = await clients.AssertKeptAsync();
        Assert.Equal(live, (await nodes[1].Database.Ledger.ReadBalanceAsync(account, Cancel)).Held);
        // Both go on: what one gateway queued, the other claims.
        var lease = await nodes[1].Database.Leases.ClaimAsync(
            new ClaimRequest("node/1", ["t2v"], TimeProvider.System.GetUtcNow().AddMinutes(1)), Cancel);
        Assert.NotNull(lease);
        await nodes[0].Listening.UntilAsync(() => nodes[0].Backlog.Find(lease.Job.Id)?.State == JobState.Running);
        foreach (var node in nodes) await node.Database.DisposeAsync();
        // So that it can be stopped.
        await primary.UpAsync();
    }
}
