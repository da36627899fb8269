using Rushes.Database.Sqlite;
using Rushes.Engines;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Tests.Conformance;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>A commit that succeeds although its answer is lost, as when a database is restarted at that moment.</summary>
public sealed class LostAnswerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_finished_video_is_kept_when_the_answer_to_its_commit_is_lost()
    {
        using var folder = new TempFolder();
        await using var database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), TimeProvider.System);
        var files = new LocalFileStore(folder["files"], "bucket", new byte[32], TimeProvider.System);
        var leases = new LossyLeases(database.Leases);
        var source = new LocalJobSource(
            database.Jobs, leases, database.Lists, new Doorbell(), files, new WorkOptions(), TimeProvider.System);
        var account = await database.Accounts.EnsureAccountAsync("alice", Cancel);
        await database.Jobs.SubmitAsync(DatabaseConformance.NewJob(account, "t2v", TimeProvider.System.GetUtcNow()), Cancel);
        var lease = await source.ClaimAsync(new ClaimOffer("node/1", ["t2v"], []) { EveryModel = true }, Cancel);
        await File.WriteAllBytesAsync(folder["made.mp4"], new byte[1000], Cancel);

        Assert.IsType<Delivered.Kept>(await source.DeliverAsync(lease, folder["made.mp4"], Cancel));

        Assert.Equal(2, leases.Finishes);
        var job = await database.Jobs.FindAsync(lease.Job.Id, Cancel);
        Assert.Equal(JobState.Completed, job!.State);
        Assert.True(await files.FetchAsync(job.ResultKey!, folder["fetched.mp4"], Cancel));
        Assert.Equal(1000, new FileInfo(folder["fetched.mp4"]).Length);
    }

    [Fact]
    public async Task A_preview_whose_heartbeat_was_lost_is_sent_with_the_next_one()
    {
        using var folder = new TempFolder();
        await using var database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), TimeProvider.System);
        var source = new LocalJobSource(
            database.Jobs, new LossyLeases(database.Leases, lostRenewals: 2), database.Lists, new Doorbell(),
            new LocalFileStore(folder["files"], "bucket", new byte[32], TimeProvider.System), new WorkOptions(),
            TimeProvider.System);
        var account = await database.Accounts.EnsureAccountAsync("alice", Cancel);
        await database.Jobs.SubmitAsync(DatabaseConformance.NewJob(account, "t2v", TimeProvider.System.GetUtcNow()), Cancel);
        var lease = await source.ClaimAsync(new ClaimOffer("node/1", ["t2v"], []) { EveryModel = true }, Cancel);
        var received = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        source.PreviewReceived += (_, jpeg) => received.TrySetResult(jpeg.ToArray());
        byte[] shown = [0xFF, 0xD8, 0xFF, 0xE0];

        await using var keeper = new LeaseKeeper(
            source, lease, new WorkOptions { Heartbeat = TimeSpan.FromMilliseconds(10) }, TimeProvider.System);
        keeper.Report(new EngineEvent.Preview(shown));

        Assert.Equal(shown, await received.Task.WaitAsync(Cancel));
    }
}
