using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Rushes.Tests.Conformance;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>While nothing runs, the database is asked only after a change, when a job is due, and now and then.</summary>
public sealed class IdleSweeperTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly FakeClock clock = new();
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim commits = new(0);
    private SqliteDatabase database = null!;
    private int account;
    private Task sweeping = Task.CompletedTask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), clock);
        account = await database.Accounts.EnsureAccountAsync("first", Cancel);
        var backlog = new Backlog(new Doorbell());
        database.Followers.AddJobs("test", backlog.Apply);
        await SubmitAsync(startBy: null);
        database.Followers.AddWrites("commits", _ => commits.Release());
        var sweeper = new Sweeper(database.Leases, backlog, new WorkOptions(), clock, NullLogger<Sweeper>.Instance);
        sweeping = sweeper.RunAsync(stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await database.DisposeAsync();
        stop.Dispose();
        commits.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Nothing_is_asked_until_a_job_is_created_or_due()
    {
        await SweptAsync();
        Pass(seconds: 40);
        var late = await SubmitAsync(startBy: clock.GetUtcNow().AddSeconds(30));
        // The create itself, and the sweep after it.
        await commits.WaitAsync(Cancel);
        await SweptAsync();
        Pass(seconds: 25);
        Assert.Equal(0, commits.CurrentCount);
        Assert.Equal(JobState.Pending, (await database.Jobs.FindAsync(late, Cancel))!.State);

        await Eventually.TrueAsync(
            async () =>
            {
                Pass(seconds: 1);
                return (await database.Jobs.FindAsync(late, Cancel))!.State == JobState.Failed;
            },
            Cancel);
    }

    [Fact]
    public async Task A_minute_later_it_is_asked_again()
    {
        await SweptAsync();
        var since = clock.GetUtcNow();
        await Eventually.TrueAsync(
            () =>
            {
                Pass(seconds: 1);
                return commits.Wait(0, Cancel);
            },
            Cancel);
        Assert.True(clock.GetUtcNow() - since >= TimeSpan.FromMinutes(1));
    }

    private Task SweptAsync()
    {
        Pass(seconds: 1);
        return commits.WaitAsync(Cancel);
    }

    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++) clock.Advance(TimeSpan.FromSeconds(1));
    }

    private async Task<long> SubmitAsync(DateTimeOffset? startBy) => Assert.IsType<SubmitOutcome.Created>(
        await database.Jobs.SubmitAsync(
            DatabaseConformance.NewJob(account, "t2v", clock.GetUtcNow()) with { StartBy = startBy }, Cancel)).Id;
}
