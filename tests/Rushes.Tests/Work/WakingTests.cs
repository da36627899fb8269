using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Tests.Conformance;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>A job wakes one worker. None is left in the queue when workers leave, claim other jobs or run other models.</summary>
public sealed class WakingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_job_is_claimed_by_workers_that_come_and_go_and_run_different_models()
    {
        using var folder = new TempFolder();
        await using var queue = await LocalQueue.OpenAsync(folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var workers = Enumerable.Range(0, 24).Select(number => PassingWorker.RunAsync(queue.Source, number, stop.Token)).ToList();

        var random = new Random(7);
        for (var round = 0; round < 15; round++)
        {
            var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(
                _ => queue.SubmitAsync(PassingWorker.AnyModel(random), "A boat", new VideoFormat(832, 480, 80, 16))));
            // Workers wait again before each round.
            foreach (var id in ids) await PassingWorker.WaitAsync(queue.EndedAsync(id), workers);
        }
        await stop.CancelAsync();
        await Task.WhenAll(workers);
    }

    [Fact]
    public async Task A_job_whose_worker_was_woken_and_lost_the_database_goes_to_another_one()
    {
        using var folder = new TempFolder();
        await using var database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), TimeProvider.System);
        var doorbell = new Doorbell();
        database.Followers.AddJobs("backlog", new Backlog(doorbell).Apply);
        // The first two claims find nothing; the third one is that of the worker that is woken.
        var leases = new LossyLeases(database.Leases, lostClaim: 3);
        var source = new LocalJobSource(
            database.Jobs, leases, database.Lists, doorbell,
            new LocalFileStore(folder["files"], "bucket", new byte[32], TimeProvider.System), new WorkOptions(),
            TimeProvider.System);
        var account = await database.Accounts.EnsureAccountAsync("first", Cancel);
        Task<Lease>[] workers = [ClaimAsync("node/1"), ClaimAsync("node/2")];
        await Eventually.TrueAsync(() => leases.Answered == 2, Cancel);

        await database.Jobs.SubmitAsync(DatabaseConformance.NewJob(account, "t2v", TimeProvider.System.GetUtcNow()), Cancel);

        await Assert.ThrowsAsync<DatabaseAwayException>(() => Task.WhenAll(workers));
        Assert.Contains(workers, worker => worker.IsCompletedSuccessfully);

        Task<Lease> ClaimAsync(string worker) =>
            source.ClaimAsync(new ClaimOffer(worker, ["t2v"], []) { EveryModel = true }, Cancel);
    }
}
