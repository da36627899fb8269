using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task Claims_at_the_same_time_get_the_first_jobs_each_with_its_own_worker_and_lease()
    {
        string[] lanes = ["t2v", "i2v", "s2v"];
        var submitted = new List<long>();
        for (var i = 0; i < 30; i++) submitted.Add(await SubmitAsync(lanes[i % 3], priority: i % 2));
        ClaimRequest[] requests =
        [
            .. Enumerable.Range(0, 24).Select(i => new ClaimRequest(
                $"node/{i}", i % 2 == 0 ? lanes : [lanes[i % 3]], Later(60 + i)) { Models = i % 4 == 0 ? null : Any(lanes) }),
        ];
        var leases = await Task.WhenAll(requests.Select(request => Database.Leases.ClaimAsync(request, Cancel)));

        var taken = leases.OfType<Lease>().ToArray();
        Assert.Equal(24, taken.Select(lease => lease.Job.Id).Distinct().Count());
        foreach (var (request, lease) in requests.Zip(taken))
        {
            Assert.Contains(lease.Job.Lane, request.Lanes);
            var job = (await Database.Jobs.FindAsync(lease.Job.Id, Cancel))!;
            Assert.Equal(
                (JobState.Running, request.Worker, request.Until, 1), (job.State, job.Worker, job.LeaseUntil, job.Fence));
            Assert.Equal((request.Worker, request.Until), (lease.Worker, lease.Until));
        }
        // In each lane, those that were left are behind those that were taken.
        foreach (var lane in taken.GroupBy(lease => lease.Job.Lane))
        {
            var last = lane.Max(lease => new QueueKey(1, lease.Job.Priority, 0, lease.Job.Id));
            foreach (var id in submitted.Except(taken.Select(lease => lease.Job.Id)))
                if (await Database.Jobs.FindAsync(id, Cancel) is { } left && left.Lane == lane.Key)
                    Assert.True(last < new QueueKey(1, left.Priority, 0, id));
        }

        static string[] Any(string[] lanes) => [.. lanes.Select(lane => $"wan22-fast-{lane}")];
    }

    [Fact]
    public async Task More_claims_than_jobs_at_the_same_time_leave_the_others_without_one()
    {
        await SubmitAsync();
        await SubmitAsync();
        var leases = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ClaimAsync()));
        Assert.Equal(2, leases.OfType<Lease>().Select(lease => lease.Job.Id).Distinct().Count());
        Assert.Equal(3, leases.Count(lease => lease is null));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Claims_at_the_same_time_pass_over_many_jobs_of_an_account_at_its_limit(bool warm)
    {
        var busy = await Database.Accounts.EnsureAccountAsync("busy", Cancel);
        var first = new List<long>();
        for (var i = 0; i < 60; i++) first.Add(await SubmitAsync(Of("cold") with { Account = busy }));
        var others = new List<long>();
        for (var i = 0; i < 3; i++) others.Add(await SubmitAsync(Of("warm")));

        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ClaimAsync(
            (warm && i % 2 == 0 ? Warmed(_ => true) : Warmed(_ => true) with { Warm = null })
                with { Worker = $"node/{i}", MaxRunning = Bound })));
        Assert.Equal([first[0], first[1], .. others], leases.OfType<Lease>().Select(lease => lease.Job.Id).Order());
        Assert.Null(await ClaimAsync(Warmed(_ => true) with { MaxRunning = Bound }));

        int? Bound(int account) => account == busy ? 2 : null;
    }

    [Fact]
    public async Task The_next_deadline_is_the_earliest_of_starts_approvals_and_ends()
    {
        Assert.Null(await Database.Leases.NextDeadlineAsync(Cancel));
        await SubmitAsync();
        Assert.Null(await Database.Leases.NextDeadlineAsync(Cancel));
        await SubmitAsync(NewJob("t2v") with { Deadline = Later(50) });
        Assert.Equal(Later(50), await Database.Leases.NextDeadlineAsync(Cancel));
        await SubmitAsync(NewJob("t2v") with { ApproveBy = Later(40) });
        Assert.Equal(Later(40), await Database.Leases.NextDeadlineAsync(Cancel));
        await SubmitAsync(NewJob("t2v") with { StartBy = Later(30) });
        Assert.Equal(Later(30), await Database.Leases.NextDeadlineAsync(Cancel));

        Clock.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(2, await Database.Leases.SweepAsync(Clock.GetUtcNow(), Cancel));
        Assert.Equal(Later(5), await Database.Leases.NextDeadlineAsync(Cancel));
    }
}
