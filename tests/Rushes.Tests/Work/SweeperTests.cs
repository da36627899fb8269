using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Rushes.Tests.Conformance;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>Workers that are silent, and workers that could not be heard.</summary>
public sealed class SweeperTests : IAsyncLifetime
{
    private static readonly WorkOptions Options = new();

    private readonly TempFolder folder = new();
    private readonly FakeClock machine = new();
    private readonly ServerClock clock;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource expired = new();
    private readonly SemaphoreSlim commits = new(0);
    private SqliteDatabase database = null!;
    private Lease lease = null!;
    private Task sweeping = Task.CompletedTask;

    /// <summary>A clock whose wall time can be set without advancing timers.</summary>
    public SweeperTests() => clock = new ServerClock(machine);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), clock);
        var account = await database.Accounts.EnsureAccountAsync("first", Cancel);
        var backlog = new Backlog(new Doorbell());
        database.Followers.AddJobs("test", backlog.Apply);
        database.Followers.AddWrites("commits", _ => commits.Release());
        await database.Jobs.SubmitAsync(DatabaseConformance.NewJob(account, "t2v", clock.GetUtcNow()), Cancel);
        lease = (await database.Leases.ClaimAsync(
            new ClaimRequest("remote:1:attic/1", ["t2v"], clock.GetUtcNow() + TimeSpan.FromSeconds(1)), Cancel))!;
        var sweeper = new Sweeper(database.Leases, backlog, Options, clock, NullLogger<Sweeper>.Instance);
        sweeper.LeasesExpired += _ => expired.TrySetResult();
        sweeping = sweeper.RunAsync(stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await sweeping;
        await database.DisposeAsync();
        stop.Dispose();
        commits.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Whoever_could_not_report_before_the_gateway_was_up_has_a_lease_s_time_to()
    {
        await PassAsync(0.9);
        Assert.Equal(LeaseAnswer.Held, await RenewAsync());
    }

    [Fact]
    public async Task Whoever_stays_silent_loses_the_job()
    {
        while (!expired.Task.IsCompleted) await PassAsync(0.2);
        Assert.Equal(LeaseAnswer.Lost, await RenewAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_is_set_ends_no_lease(int hours)
    {
        for (var time = 0; time < 4; time++)
        {
            Assert.Equal(LeaseAnswer.Held, await RenewAsync());
            await PassAsync(0.5);
        }
        Assert.Equal(LeaseAnswer.Held, await RenewAsync());

        var now = clock.GetUtcNow();
        clock.Set(now, now.AddHours(hours), now);

        for (var time = 0; time < 4; time++)
        {
            await PassAsync(0.4);
            Assert.Equal(LeaseAnswer.Held, await RenewAsync());
        }
        Assert.False(expired.Task.IsCompleted);
    }

    private Task<LeaseAnswer> RenewAsync() =>
        database.Leases.RenewAsync(lease.Job.Id, lease.Fence, clock.GetUtcNow() + Options.Lease, default, Cancel);

    /// <summary>
    /// Advances the clock by a share of a lease, a second at a time, and waits for the sweep after each second.
    /// </summary>
    private async Task PassAsync(double share)
    {
        // Without a running job there is no sweep every second.
        for (var second = 0; second < Options.Lease.TotalSeconds * share && !expired.Task.IsCompleted; second++)
        {
            while (await commits.WaitAsync(0, Cancel)) { }
            machine.Advance(TimeSpan.FromSeconds(1));
            await commits.WaitAsync(Cancel);
        }
    }
}
