using Npgsql;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>Several gateways on one database at the same time.</summary>
public sealed class GatewaysTests : ThreeGateways
{
    [Fact]
    public async Task Every_gateway_knows_the_same_positions_after_any_crowd_of_changes()
    {
        await Task.WhenAll(
            Enumerable.Range(0, 24).Select(i => Task.Run(() => ChangeAsync(Nodes[i % 3].Database, new Random(i)))));
        await LevelAsync();

        var live = await Nodes[0].Database.Jobs.ReadLiveAsync(Cancel).ToListAsync(Cancel);
        foreach (var lane in live.GroupBy(job => job.Lane))
        {
            var queue = lane.Where(job => job.State.IsQueued)
                .OrderBy(job => new QueueKey(job.Tier, job.Priority, job.Turn, job.Id))
                .ToArray();
            foreach (var node in Nodes)
            {
                Assert.Equal(queue.Length, node.Backlog.Counts(lane.Key).Queued);
                for (var place = 0; place < queue.Length; place++)
                    Assert.Equal(place, node.Backlog.Find(queue[place].Id)!.Rank()!.Value.Jobs);
                Assert.Equal(
                    lane.Where(job => job.State == JobState.Running)
                        .Select(job => (job.Id, job.Worker!, job.Progress))
                        .OrderBy(job => job.Id),
                    node.Backlog.Running(lane.Key).Select(
                        job => (job.Id, job.Run!.Worker, job.Run.Progress)).OrderBy(job => job.Id));
            }
        }

        Assert.All(Nodes, node => Assert.Equal(live.Count, node.Backlog.Count));
    }

    [Fact]
    public async Task A_job_is_leased_once_and_in_order_whichever_gateway_is_asked()
    {
        var submitted = await Task.WhenAll(
            Enumerable.Range(0, 300).Select(i => SubmitAsync(Nodes[i % 3], Job() with { Priority = i % 3 })));
        var claimed = new List<long>();
        while (claimed.Count < submitted.Length)
        {
            // Thirty at once over all gateways take the first thirty, whoever gets which.
            var leases = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => ClaimAsync(Nodes[i % 3])));
            claimed.AddRange(
                leases.Select(lease => lease!.Job).OrderBy(
                    job => new QueueKey(job.Tier, job.Priority, job.Turn, job.Id)).Select(job => job.Id));
        }

        var jobs = await Task.WhenAll(submitted.Select(id => Nodes[0].Database.Jobs.FindAsync(id, Cancel)));
        Assert.Equal(
            jobs.OrderBy(job => new QueueKey(job!.Tier, job.Priority, job.Turn, job.Id)).Select(job => job!.Id), claimed);
        Assert.Null(await ClaimAsync(Nodes[1]));
    }

    [Fact]
    public async Task Every_gateway_knows_the_models_of_the_others_workers_until_they_are_too_old()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Empty(await Nodes[0].Database.ModelOffers.ExchangeAsync(first, ["t2v", "i2v"], Cancel));
        Assert.Equal(["i2v", "t2v"], (await Nodes[1].Database.ModelOffers.ExchangeAsync(second, ["i2v"], Cancel)).Order());
        Assert.Equal(["i2v"], await Nodes[0].Database.ModelOffers.ExchangeAsync(first, ["t2v"], Cancel));
        Assert.Equal(["t2v"], await Nodes[1].Database.ModelOffers.ExchangeAsync(second, [], Cancel));

        await (await PostgresCluster.SharedAsync()).RunAsync(
            Database, $"UPDATE model_offers SET stored_at = stored_at - interval '91 seconds' WHERE gateway = '{first}'");
        Assert.Empty(await Nodes[1].Database.ModelOffers.ExchangeAsync(second, ["s2v"], Cancel));
    }

    [Fact]
    public async Task A_worker_at_one_gateway_is_woken_by_a_job_at_another()
    {
        using var ticket = Nodes[1].Doorbell.Take(["t2v"]);
        await SubmitAsync(Nodes[0], Job());
        await ticket.Rung.WaitAsync(Cancel);
        Assert.NotNull(await ClaimAsync(Nodes[1]));
    }

    [Fact]
    public async Task A_revoked_key_and_a_suspended_account_are_told_to_every_gateway()
    {
        var key = await Nodes[0].Database.Keys.AddKeyAsync(Key("a"), "key 1", Cancel);
        await Nodes[1].Database.Keys.RevokeKeyAsync(key.Id, "key 1", Cancel);
        await Nodes[2].Database.Accounts.ChangeAccountAsync(Account, new AccountChange(null, null, true), "key 1", Cancel);
        foreach (var node in Nodes)
            await node.Listening.UntilAsync(
                () => node.Keys.GetValueOrDefault(key.Id)?.RevokedAt is not null
                    && node.Accounts.GetValueOrDefault(Account) is { Suspended: true });
    }

    [Fact]
    public async Task A_delivery_that_is_due_rings_at_every_gateway_and_one_takes_it()
    {
        var id = await SubmitAsync(Nodes[0], Job() with { WebhookUrl = "http://one/" });
        await Nodes[1].Database.Jobs.CancelAsync(id, Account, false, Cancel);
        foreach (var node in Nodes) await node.Listening.UntilAsync(() => node.Rung > 0);

        var claim = new DeliveryClaim(Later, 10, 10, 10, []);
        var taken = await Task.WhenAll(Nodes.Select(node => node.Database.Deliveries.TakeDueDeliveriesAsync(claim, Cancel)));
        Assert.Single(taken.SelectMany(due => due.Taken));
        // All know when to look again, should whoever took it die.
        Assert.All(taken, due => Assert.NotNull(due.NextAt));
    }

    [Fact]
    public async Task Connections_that_are_cut_lose_and_double_nothing_and_nobody_is_told_of_it()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var done = false;
        var submits = Enumerable.Range(0, 24).Select(i => Task.Run(async () =>
        {
            var mine = new List<long>();
            while (!Volatile.Read(ref done)) mine.Add(await SubmitAsync(Nodes[i % 3], Job()));
            return mine;
        })).ToArray();
        for (var cut = 0; cut < 20; cut++)
        {
            await SubmitAsync(Nodes[cut % 3], Job("other"));
            await cluster.RunAsync(
                Database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid "
                    + "<> pg_backend_pid()");
        }

        Volatile.Write(ref done, true);
        var answered = (await Task.WhenAll(submits)).SelectMany(each => each).Order().ToArray();
        await LevelAsync();
        var live = await Nodes[0].Database.Jobs.ReadLiveAsync(Cancel)
            .Where(job => job.Lane == "t2v")
            .Select(job => job.Id)
            .ToListAsync(Cancel);
        Assert.Equal(answered, live.Order());
        Assert.All(Nodes, node => Assert.Equal(answered.Length, node.Backlog.Counts("t2v").Queued));
    }

    [Fact]
    public async Task A_server_that_took_over_without_the_last_commits_is_read_anew()
    {
        var (ended, deleted, stays) =
            (await SubmitAsync(Nodes[0], Job()), await SubmitAsync(Nodes[0], Job()), await SubmitAsync(Nodes[0], Job()));
        var key = await Nodes[0].Database.Keys.AddKeyAsync(Key("a"), "key 1", Cancel);
        await LevelAsync();
        await (await PostgresCluster.SharedAsync()).RunAsync(Database,
            $"UPDATE jobs SET state = 5, ended_at = now() WHERE id = {ended}; DELETE FROM jobs WHERE id = {deleted}; "
                + $"DELETE FROM api_keys WHERE id = {key.Id}; DELETE FROM commits");

        var later = await SubmitAsync(Nodes[0], Job());
        foreach (var node in Nodes)
        {
            await node.Listening.UntilAsync(
                () => node.Backlog.Find(later) is not null && node.Backlog.Find(ended) is null
                    && node.Keys[key.Id].RevokedAt is not null);
            Assert.Null(node.Backlog.Find(deleted));
            Assert.Equal(0, node.Backlog.Find(stays)!.Rank()!.Value.Jobs);
            Assert.Equal(2, node.Backlog.Counts("t2v").Queued);
        }
    }

    [Fact]
    public async Task A_row_that_an_operator_holds_keeps_nobody_else_waiting()
    {
        var (held, free) = (await SubmitAsync(Nodes[0], Job()), await SubmitAsync(Nodes[0], Job()));
        await using var connection = await (await PostgresCluster.SharedAsync()).ConnectAsync(Database);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand($"SELECT FROM jobs WHERE id = {held} FOR UPDATE", connection, transaction);
        await hold.ExecuteNonQueryAsync(Cancel);

        var cancels = new[] { held, free }.Select(id => Nodes[0].Database.Jobs.CancelAsync(id, Account, false, Cancel)).ToArray();
        await Assert.ThrowsAsync<DatabaseAwayException>(() => cancels[0]);
        Assert.Equal(CancelOutcome.Cancelled, await cancels[1]);
        Assert.Null(await ClaimAsync(Nodes[1]));
        await transaction.RollbackAsync(Cancel);
        Assert.Equal(held, (await ClaimAsync(Nodes[1]))!.Job.Id);
    }

    [Fact]
    public async Task Where_accounts_take_turns_no_more_every_gateway_counts_so()
    {
        await SubmitAsync(Nodes[0], Job() with { Weight = 1 });
        var second = await SubmitAsync(Nodes[0], Job() with { Weight = 1 });
        var plain = await SubmitAsync(Nodes[1], Job());
        foreach (var node in Nodes) await node.Listening.UntilAsync(() => node.Backlog.Find(plain)?.Rank()?.Jobs == 0);
        await Nodes[2].Database.Jobs.LevelTurnsAsync(Cancel);
        foreach (var node in Nodes)
            await node.Listening.UntilAsync(
                () => node.Backlog.Find(plain)!.Rank()!.Value.Jobs == 2 && node.Backlog.Find(second)!.Rank()!.Value.Jobs == 1);
    }

    /// <summary>Waits until all gateways were notified of the same commits.</summary>
    private async Task LevelAsync()
    {
        var last = Nodes.Max(node => node.Listening.LastNumber);
        foreach (var node in Nodes) await node.Listening.UntilAsync(() => node.Listening.LastNumber >= last);
    }

    private async Task ChangeAsync(PostgresDatabase database, Random random)
    {
        var leases = new List<Lease>();
        for (var step = 0; step < 25; step++)
            switch (random.Next(10))
            {
                case < 5:
                    var weight = random.Next(2) == 0 ? (int?)null : 1;
                    await database.Jobs.SubmitAsync(Job($"lane {random.Next(2)}") with
                        { Tier = random.Next(3), Priority = random.Next(-1, 2), Weight = weight }, Cancel);
                    break;
                case < 8:
                    if (await database.Leases.ClaimAsync(new ClaimRequest("node/1", [$"lane {random.Next(2)}"], Later), Cancel)
                        is { } lease) leases.Add(lease);
                    break;
                case 8 when leases.Count > 0:
                    var one = leases[random.Next(leases.Count)];
                    await database.Leases.FinishAsync(
                        one.Job.Id, one.Fence, random.Next(2) == 0 ? new RunOutcome.Done("key", 1) : new RunOutcome.Returned(),
                        Cancel);
                    break;
                case 9 when leases.Count > 0:
                    await database.Leases.RenewAsync(leases[^1].Job.Id, leases[^1].Fence, Later, new Progress(step, 25), Cancel);
                    break;
            }
    }

    private NewJob Job(string lane = "t2v") => GatewayNode.NewJob(Account, lane);

    private ApiKey Key(string key) =>
        new()
        {
            Hash = ApiKey.HashOf(key), Account = Account, Name = "first", Scopes = Scopes.Submit,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

    private static async Task<long> SubmitAsync(GatewayNode node, NewJob job) =>
        Assert.IsType<SubmitOutcome.Created>(await node.Database.Jobs.SubmitAsync(job, Cancel)).Id;

    private static Task<Lease?> ClaimAsync(GatewayNode node) =>
        node.Database.Leases.ClaimAsync(new ClaimRequest("node/1", ["t2v"], Later), Cancel);
}
