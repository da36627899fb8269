using System.Collections.Concurrent;
using System.Diagnostics;
using Rushes.Database.Sqlite;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Tests.Conformance;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>The span of a wait is created when the wait is over.</summary>
public sealed class WaitTraceTests
{
    private readonly FakeClock clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_that_came_back_waits_anew_from_then()
    {
        var trace = ActivityTraceId.CreateRandom();
        var waits = new ConcurrentQueue<Activity>();
        // Listeners hear the whole process: this one of its own trace alone.
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == JobTrace.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> asked) =>
                asked.Parent.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = waits.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var folder = new TempFolder();
        await using var database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), clock);
        var files = new LocalFileStore(folder["files"], "bucket", new byte[32], clock);
        var source = new LocalJobSource(
            database.Jobs, database.Leases, database.Lists, new Doorbell(), files, new WorkOptions(), clock);
        var began = clock.GetUtcNow();
        var account = await database.Accounts.EnsureAccountAsync("alice", Cancel);
        await database.Jobs.SubmitAsync(
            DatabaseConformance.NewJob(account, "t2v", began) with { Trace = $"00-{trace}-b7ad6b7169203331-01" }, Cancel);

        clock.Advance(TimeSpan.FromSeconds(10));
        var first = await source.ClaimAsync(new ClaimOffer("node/1", ["t2v"], []) { EveryModel = true }, Cancel);
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await source.EndAsync(first, new RunOutcome.Returned(), Cancel));
        clock.Advance(TimeSpan.FromSeconds(40));
        await source.ClaimAsync(new ClaimOffer("node/1", ["t2v"], []) { EveryModel = true }, Cancel);

        Assert.Equal(
            [("queue", 0.0, 10.0), ("queue", 30.0, 40.0)],
            waits.Select(
                wait => (wait.OperationName, (wait.StartTimeUtc - began.UtcDateTime).TotalSeconds, wait.Duration.TotalSeconds)));
        Assert.All(waits, wait => Assert.Equal("b7ad6b7169203331", $"{wait.ParentSpanId}"));
    }
}
