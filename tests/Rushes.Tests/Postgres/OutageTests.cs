using System.Security.Cryptography;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Rushes.Tests.Faults;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>A server that is killed, stopped or read-only.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private PostgresCluster server = null!;
    private PostgresUrl url = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresCluster.StartAsync();
        url = PostgresUrl.Parse(server.Url(await server.CreateAsync("rushes")));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task What_was_acknowledged_survives_kills_of_the_server_under_load()
    {
        var nodes = new[] { await GatewayNode.StartAsync(url, Cancel), await GatewayNode.StartAsync(url, Cancel) };
        var account = await nodes[0].Database.Accounts.EnsureAccountAsync("alice", Cancel);
        await nodes[0].Database.Ledger.AddCreditAsync(new(account, "USD", 1_000_000, null), "key 1", Cancel);
        var clients = new CreatingClients(nodes, account, Cancel);
        for (var kill = 0; kill < 3; kill++)
        {
            await clients.UntilEachMadeAsync(50);
            await server.KillAsync();
            await server.UpAsync();
        }

        await clients.UntilEachMadeAsync(50);
        await clients.StopAsync();

        var live = await clients.AssertKeptAsync();
        Assert.Equal(live, (await nodes[1].Database.Ledger.ReadBalanceAsync(account, Cancel)).Held);
        Assert.Equal(0, (await nodes[1].Database.Ledger.ReadBalancesAsync(Cancel)).Sum(book => book.Amount));
        foreach (var node in nodes) await node.Database.DisposeAsync();
    }

    [Fact]
    public async Task While_the_server_is_away_callers_are_told_and_when_it_is_back_it_is_found()
    {
        var node = await GatewayNode.StartAsync(url, Cancel);
        var account = await node.Database.Accounts.EnsureAccountAsync("alice", Cancel);
        await server.StopAsync();

        var first = await Assert.ThrowsAsync<DatabaseAwayException>(
            () => node.Database.Jobs.SubmitAsync(GatewayNode.NewJob(account, "t2v"), Cancel));
        Assert.False(first.MayBeDone);
        Assert.Contains("127.0.0.1", first.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Password", first.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<DatabaseAwayException>(() => node.Database.Jobs.FindAsync(1, Cancel));
        await Assert.ThrowsAsync<DatabaseAwayException>(
            () => PostgresDatabase.OpenAsync(url, new RetryPolicy(), TimeProvider.System, Cancel));

        await server.UpAsync();
        while (true)
        {
            try
            {
                await node.Database.Jobs.SubmitAsync(GatewayNode.NewJob(account, "t2v"), Cancel);
                break;
            }
            catch (DatabaseAwayException)
            {
                await Eventually.PauseAsync(Cancel);
            }
        }

        Assert.Equal(1, node.Backlog.Counts("t2v").Queued);
        await node.Database.DisposeAsync();
    }

    [Fact]
    public async Task On_a_full_disk_a_server_keeps_what_was_acknowledged_and_with_room_it_takes_more()
    {
        await using var disk = await SmallDisk.MakeAsync(Cancel, megabytes: 256);
        Assert.SkipWhen(disk is null, "A small disk cannot be made here: that takes root.");
        await using var small = await PostgresCluster.StartAsync(disk.Path);
        var node = await GatewayNode.StartAsync(PostgresUrl.Parse(small.Url(await small.CreateAsync("rushes"))), Cancel);
        var account = await node.Database.Accounts.EnsureAccountAsync("alice", Cancel);
        // Of what cannot be packed, until the last block of the log that was laid out before is written.
        var job = GatewayNode.NewJob(
            account,
            "t2v") with { Input = $$"""{"prompt": "{{Convert.ToBase64String(RandomNumberGenerator.GetBytes(300_000))}}"}""" };
        var (created, rejected, unknown) = (new List<long>(), 0, 0);
        disk.Fill();
        while (rejected == 0) await SubmitAsync();
        disk.Free();
        for (var before = created.Count; created.Count == before;)
        {
            // Without space for its log the server may have stopped, or may be stopping. An operator would start it again.
            await small.UpAsync();
            await SubmitAsync();
        }

        var live = await node.Database.Jobs.ReadLiveAsync(Cancel).Select(each => each.Id).ToListAsync(Cancel);
        Assert.Empty(created.Except(live));
        Assert.InRange(live.Count, created.Count, created.Count + unknown);
        await node.Database.DisposeAsync();

        async Task SubmitAsync()
        {
            try
            {
                created.Add(Assert.IsType<SubmitOutcome.Created>(await node.Database.Jobs.SubmitAsync(job, Cancel)).Id);
            }
            catch (DatabaseAwayException away)
            {
                rejected++;
                if (away.MayBeDone) unknown++;
                await Eventually.PauseAsync(Cancel);
            }
        }
    }

    [Fact]
    public async Task A_server_that_takes_no_writes_is_rejected_with_a_sentence()
    {
        await server.RunAsync("rushes", "ALTER DATABASE rushes SET default_transaction_read_only = on");
        var error = await Assert.ThrowsAsync<DatabaseAwayException>(
            () => PostgresDatabase.OpenAsync(url, new RetryPolicy(), TimeProvider.System, Cancel));
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_freezes_in_its_turn_holds_the_others_up_for_seconds_only()
    {
        var node = await GatewayNode.StartAsync(url, Cancel);
        var account = await node.Database.Accounts.EnsureAccountAsync("alice", Cancel);
        await using var frozen = new PostgresServer(url);
        await using var session = await frozen.OpenWriterAsync(Cancel);
        await new Transaction(session, new RetryPolicy(), TimeProvider.System).BeginAsync(Position.Start, exclusive: true);

        await node.Database.Jobs.SubmitAsync(GatewayNode.NewJob(account, "t2v"), Cancel);
        await node.Database.DisposeAsync();
    }

    [Fact]
    public async Task Of_several_servers_the_one_that_takes_writes_is_found()
    {
        await using var second = await PostgresCluster.StartAsync();
        await second.CreateAsync("rushes");
        await server.RunAsync("postgres", "ALTER SYSTEM SET default_transaction_read_only = on");
        await server.RunAsync("postgres", "SELECT pg_reload_conf()");
        var both = PostgresUrl.Parse($"postgres://rushes:rushes@127.0.0.1:{server.Port},127.0.0.1:{second.Port}/rushes");
        await using var database = await PostgresDatabase.OpenAsync(both, new RetryPolicy(), TimeProvider.System, Cancel);
        await database.Accounts.EnsureAccountAsync("alice", Cancel);
        await second.RunAsync("rushes", "SELECT 1 / count(*) FROM accounts");
    }
}
