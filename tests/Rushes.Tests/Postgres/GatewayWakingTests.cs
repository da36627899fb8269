using Rushes.Database;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Tests.Work;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>
/// A job wakes one worker of all gateways: one that waits where the job was created, and others only if there is none or it
/// does not take the job.
/// </summary>
public sealed class GatewayWakingTests : ThreeGateways
{
    [Fact]
    public async Task A_job_wakes_a_worker_where_it_was_created_and_none_elsewhere()
    {
        using var here = Waiting(0);
        using var elsewhere = Waiting(1);
        var id = await SubmitAsync();
        await here.Rung.WaitAsync(Cancel);
        Assert.Equal(id, here.TakeCall()?.Id);
        Assert.NotNull(await Nodes[0].Database.Leases.ClaimAsync(new ClaimRequest("node/1", ["t2v"], Later), Cancel));

        await Nodes[1].Listening.UntilAsync(() => Nodes[1].Backlog.Find(id)?.State == JobState.Running);
        Nodes[1].Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(elsewhere.Rung.IsCompleted);
    }

    [Fact]
    public async Task A_job_that_the_woken_worker_does_not_take_soon_wakes_one_elsewhere()
    {
        using var here = Waiting(0);
        using var elsewhere = Waiting(1);
        var id = await SubmitAsync();
        // The timer is set shortly after the job is known there.
        await Eventually.TrueAsync(() => Nodes[1].Clock.Timers > 0, Cancel);
        Assert.NotNull(Nodes[1].Backlog.Find(id));
        Assert.False(elsewhere.Rung.IsCompleted);
        Nodes[1].Clock.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal(id, elsewhere.TakeCall()?.Id);
    }

    [Fact]
    public async Task Each_worker_that_waits_counts_for_one_job_of_a_commit()
    {
        using var here = Waiting(0);
        using var elsewhere = Waiting(1);
        var ids = await Task.WhenAll(SubmitAsync(), SubmitAsync(), SubmitAsync());
        await elsewhere.Rung.WaitAsync(Cancel);
        var (first, second) = (here.TakeCall()!.Value.Id, elsewhere.TakeCall()!.Value.Id);
        Assert.Contains(first, ids);
        Assert.Contains(second, ids.Except([first]));
    }

    [Fact]
    public async Task A_worker_for_other_models_does_not_keep_a_job_from_those_elsewhere()
    {
        using var here = Waiting(0, "wan22-pro-t2v");
        using var elsewhere = Waiting(1);
        var id = await SubmitAsync();
        await elsewhere.Rung.WaitAsync(Cancel);
        Assert.Equal((id, false), (elsewhere.TakeCall()!.Value.Id, here.Rung.IsCompleted));
    }

    [Fact]
    public async Task A_run_that_ends_wakes_one_worker_for_the_next_job_of_an_account_at_its_limit()
    {
        var (lease, next) = await FillAccountAsync();
        await Nodes[1].Listening.UntilAsync(() => Nodes[1].Backlog.Find(next) is not null);
        using var here = Waiting(0);
        using var elsewhere = Waiting(1);

        await Nodes[0].Database.Leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done("key", 1), Cancel);
        await here.Rung.WaitAsync(Cancel);
        Assert.Equal(next, (await Nodes[0].Database.Leases.ClaimAsync(OneEach, Cancel))!.Job.Id);

        await Nodes[1].Listening.UntilAsync(() => Nodes[1].Backlog.Find(next)?.State == JobState.Running);
        Nodes[1].Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(elsewhere.Rung.IsCompleted);
    }

    [Fact]
    public async Task A_run_that_ends_wakes_a_worker_elsewhere_if_the_one_here_does_not_claim_soon()
    {
        var (lease, next) = await FillAccountAsync();
        using var here = Waiting(0);
        await Nodes[1].Listening.UntilAsync(() => Nodes[1].Backlog.Find(next) is not null);
        using var elsewhere = Waiting(1);

        await Nodes[0].Database.Leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done("key", 1), Cancel);
        // The timer is set shortly after the end of the job is known there.
        await Eventually.TrueAsync(() => Nodes[1].Clock.Timers > 0, Cancel);
        Assert.Null(Nodes[1].Backlog.Find(lease.Job.Id));
        Assert.False(elsewhere.Rung.IsCompleted);
        Nodes[1].Clock.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal(Account, elsewhere.TakeCall()?.Account?.Id);
    }

    [Fact]
    public async Task Every_job_is_claimed_by_workers_of_three_gateways_that_come_and_go()
    {
        using var folder = new TempFolder();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var sources = Nodes.ConvertAll(node => new LocalJobSource(
            node.Database.Jobs, node.Database.Leases, node.Database.Lists, node.Doorbell,
            new LocalFileStore(folder["files"], "bucket", new byte[32], TimeProvider.System), new WorkOptions(),
            TimeProvider.System));
        var workers = Enumerable.Range(0, 12).Select(number => PassingWorker.RunAsync(
            sources[number % 3], number, stop.Token)).ToList();

        var random = new Random(3);
        for (var round = 0; round < 8; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 6).Select(
                _ => SubmitAsync(random.Next(3), PassingWorker.AnyModel(random))));
            // A worker that left while it was woken leaves its job to the other gateways, after a short time.
            await Eventually.TrueWhileAsync(
                workers,
                () =>
                {
                    Nodes.ForEach(node => node.Clock.Advance(TimeSpan.FromSeconds(0.05)));
                    return Nodes.TrueForAll(node => node.Backlog.Count == 0);
                },
                Cancel);
        }
        await stop.CancelAsync();
        await Task.WhenAll(workers);
    }

    /// <summary>A claim where no account may run more than one job.</summary>
    private static ClaimRequest OneEach => new("node/1", ["t2v"], Later) { MaxRunning = _ => 1 };

    private Doorbell.Ticket Waiting(int node, params string[] models)
    {
        var ticket = Nodes[node].Doorbell.Take(["t2v"], models.Length == 0 ? null : models);
        _ = ticket.Wait();
        return ticket;
    }

    private async Task<long> SubmitAsync(int node = 0, string model = "wan22-fast-t2v") =>
        Assert.IsType<SubmitOutcome.Created>(await Nodes[node].Database.Jobs.SubmitAsync(
            GatewayNode.NewJob(Account, "t2v") with { Model = model }, Cancel)).Id;

    /// <summary>An account that may run one job: that one runs, and another one is queued.</summary>
    private async Task<(Lease Running, long Next)> FillAccountAsync()
    {
        Nodes.ForEach(node => node.MaxRunning = 1);
        await SubmitAsync();
        return ((await Nodes[0].Database.Leases.ClaimAsync(OneEach, Cancel))!, await SubmitAsync());
    }
}
