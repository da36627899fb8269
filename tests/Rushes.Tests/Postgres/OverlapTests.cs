using System.Collections.Concurrent;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>Gateways that write at the same time, and commit in another order than they began.</summary>
public sealed class OverlapTests : IAsyncLifetime
{
    private const int Rounds = 20;

    private readonly List<GatewayNode> nodes = [];
    private readonly List<ConcurrentQueue<(long Id, JobState State)>> orders = [];
    private string name = "";
    private PostgresUrl url = null!;
    private int account;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DateTimeOffset Later => TimeProvider.System.GetUtcNow().AddMinutes(1);

    public async ValueTask InitializeAsync()
    {
        name = await PostgresCluster.RentAsync();
        url = PostgresUrl.Parse((await PostgresCluster.SharedAsync()).Url(name));
        for (var i = 0; i < 3; i++)
        {
            var node = await GatewayNode.StartAsync(url, Cancel);
            var heard = new ConcurrentQueue<(long, JobState)>();
            node.Database.Followers.AddJobs("order", jobs =>
            {
                foreach (var job in jobs) heard.Enqueue((job.Id, job.State));
            });
            orders.Add(heard);
            nodes.Add(node);
        }

        account = await nodes[0].Database.Accounts.EnsureAccountAsync("alice", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.Database.DisposeAsync();
        PostgresCluster.Return(name);
    }

    [Fact]
    public async Task A_job_that_is_committed_late_takes_its_place_and_is_claimed_first()
    {
        await using var open = await OpenGroup.BeginAsync(url, Cancel);
        var first = await open.SubmitAsync(Job());
        // Creating a job does not wait for the open group.
        var second = await SubmitAsync(nodes[0], Job());
        foreach (var node in nodes) await node.Listening.UntilAsync(() => node.Backlog.Find(second)?.Rank()?.Jobs == 0);

        var claim = ClaimAsync(nodes[1]);
        await UntilNotifiedAsync(await open.CommitAsync());
        Assert.Equal(first, (await claim)!.Job.Id);
        Assert.Equal(second, (await ClaimAsync(nodes[2]))!.Job.Id);
    }

    [Fact]
    public async Task A_request_that_another_gateway_is_storing_is_the_same_job()
    {
        var job = Job() with { Idempotency = Key("same") };
        await using var open = await OpenGroup.BeginAsync(url, Cancel);
        var first = await open.SubmitAsync(job);
        var again = nodes[0].Database.Jobs.SubmitAsync(job, Cancel);
        // The one with another key is not held up for longer than the other.
        var other = nodes[1].Database.Jobs.SubmitAsync(Job() with { Idempotency = Key("other") }, Cancel);
        Assert.IsType<SubmitOutcome.Created>(await other);
        await open.CommitAsync();
        Assert.Equal(new SubmitOutcome.Replayed(first), await again);
    }

    [Fact]
    public async Task A_request_that_another_gateway_did_not_store_after_all_is_a_new_job()
    {
        var job = Job() with { Idempotency = Key("same") };
        await using var open = await OpenGroup.BeginAsync(url, Cancel);
        await open.SubmitAsync(job);
        var again = nodes[0].Database.Jobs.SubmitAsync(job, Cancel);
        await open.RollbackAsync();
        Assert.IsType<SubmitOutcome.Created>(await again);
    }

    [Fact]
    public async Task A_job_that_another_gateway_is_changing_is_changed_afterwards()
    {
        var id = await SubmitAsync(nodes[0], Job());
        await using var open = await OpenGroup.BeginAsync(url, Cancel);
        await open.CancelAsync(id, account);
        var cancel = nodes[1].Database.Jobs.CancelAsync(id, account, false, Cancel);
        await open.CommitAsync();
        Assert.Equal(CancelOutcome.AlreadyFinished, await cancel);
    }

    [Fact]
    public async Task Prices_that_gateways_settle_at_once_keep_the_books_right()
    {
        await nodes[0].Database.Ledger.AddCreditAsync(new(account, "USD", 100, null), "key 1", Cancel);
        var ids = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => SubmitAsync(nodes[i % 3], Job() with { Price = 2 })));
        await Task.WhenAll(ids.Select((id, i) => nodes[i % 3].Database.Jobs.CancelAsync(id, account, false, Cancel)));
        var balance = await nodes[0].Database.Ledger.ReadBalanceAsync(account, Cancel);
        Assert.Equal((100, 0), (balance.Credit, balance.Held));
    }

    /// <summary>Each seed has other gateways, other steps and another end of the group that stays open.</summary>
    [Fact]
    public async Task All_gateways_are_told_the_same_once_and_in_one_order_however_commits_overlap()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            await using var open = await OpenGroup.BeginAsync(url, Cancel);
            await open.SubmitAsync(Job());
            if (random.Next(2) == 0) await SubmitAsync(nodes[random.Next(3)], Job());
            var before = Enumerable.Range(0, random.Next(1, 9)).Select(_ => StepAsync(random.Next(3), random.Next())).ToArray();
            var committing = random.Next(4) == 0 ? null : open.CommitAsync();
            if (committing is null) await open.RollbackAsync();
            var after = Enumerable.Range(0, random.Next(1, 9)).Select(_ => StepAsync(random.Next(3), random.Next())).ToArray();
            await Task.WhenAll([.. before, .. after]);
            if (committing is not null) await committing;
            // A commit that comes after all of them.
            var last = await SubmitAsync(nodes[random.Next(3)], Job("last"));
            foreach (var node in nodes) await node.Listening.UntilAsync(() => node.Backlog.Find(last) is not null);
            await AssertSameAsync(seed);
        }
    }

    private async Task AssertSameAsync(int seed)
    {
        foreach (var heard in orders)
            Assert.True(orders[0].SequenceEqual(heard), $"Another order in the history of seed {seed}.");
        var live = await nodes[0].Database.Jobs.ReadLiveAsync(Cancel).ToListAsync(Cancel);
        foreach (var lane in live.GroupBy(job => job.Lane))
        {
            var queue = lane.Where(job => job.State.IsQueued)
                .OrderBy(job => new QueueKey(job.Tier, job.Priority, job.Turn, job.Id)).Select(job => job.Id).ToArray();
            foreach (var node in nodes)
                Assert.Equal(queue, queue.OrderBy(id => node.Backlog.Find(id)!.Rank()!.Value.Jobs));
        }

        Assert.All(nodes, node => Assert.Equal(live.Count, node.Backlog.Count));
    }

    private async Task StepAsync(int which, int seed)
    {
        var random = new Random(seed);
        var database = nodes[which].Database;
        switch (random.Next(6))
        {
            case 0 or 1:
                await database.Jobs.SubmitAsync(Job() with { Priority = random.Next(-1, 2) }, Cancel);
                break;
            case 2:
                await database.Jobs.SubmitAsync(Job() with { Idempotency = Key($"{random.Next(3)}") }, Cancel);
                break;
            case 3:
                await database.Jobs.SubmitAsync(Job() with { Weight = 1 }, Cancel);
                break;
            default:
                if (await ClaimAsync(nodes[which]) is not { } lease) break;
                if (random.Next(2) == 0)
                    await database.Leases.RenewAsync(lease.Job.Id, lease.Fence, Later, new Progress(1, 2), Cancel);
                await database.Leases.FinishAsync(
                    lease.Job.Id, lease.Fence,
                    random.Next(2) == 0 ? new RunOutcome.Done("key", 1) : new RunOutcome.Returned(), Cancel);
                break;
        }
    }

    private async Task UntilNotifiedAsync(long number)
    {
        foreach (var node in nodes) await node.Listening.UntilAsync(() => node.Database.Feed.Position.Number >= number);
    }

    private NewJob Job(string lane = "t2v") => GatewayNode.NewJob(account, lane);

    private static IdempotencyKey Key(string key) => new(key, new byte[32]);

    private static async Task<long> SubmitAsync(GatewayNode node, NewJob job) =>
        Assert.IsType<SubmitOutcome.Created>(await node.Database.Jobs.SubmitAsync(job, Cancel)).Id;

    private static Task<Lease?> ClaimAsync(GatewayNode node) =>
        node.Database.Leases.ClaimAsync(new ClaimRequest("node/1", ["t2v"], Later), Cancel);
}
