using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>A database, a file store and a job source for tests with workers.</summary>
internal sealed class LocalQueue : IAsyncDisposable
{
    private readonly int account;

    private LocalQueue(SqliteDatabase database, int account, string files, EngineFaults? faults)
    {
        (Database, this.account) = (database, account);
        var doorbell = new Doorbell();
        database.Followers.AddJobs("backlog", new Backlog(doorbell).Apply);
        if (faults is not null) database.Followers.AddJobs("engine faults", faults.Apply);
        Source = new LocalJobSource(
            database.Jobs, database.Leases, database.Lists, doorbell,
            new LocalFileStore(files, "rushes-files", new byte[32], TimeProvider.System), new WorkOptions(), TimeProvider.System,
            faults: faults);
        if (faults is not null) Source.OfferReceived += faults.RecordOffer;
    }

    public SqliteDatabase Database { get; }

    public LocalJobSource Source { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<LocalQueue> OpenAsync(TempFolder folder, EngineFaults? faults = null)
    {
        var database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), TimeProvider.System);
        return new LocalQueue(
            database, await database.Accounts.EnsureAccountAsync("first", Cancel), folder["files"], faults);
    }

    /// <param name="owner">Null: the first account.</param>
    public async Task<long> SubmitAsync(string model, string prompt, VideoFormat format, int? owner = null)
    {
        var submitted = await Database.Jobs.SubmitAsync(new NewJob
        {
            Account = owner ?? account,
            Model = model, Lane = "t2v", Tier = 0, Priority = 0, Input = $$"""{"prompt":"{{prompt}}"}""",
            Plan = new RenderPlan(format, format, Preset: "ultrafast"), Work = 1, CreatedAt = TimeProvider.System.GetUtcNow(),
        }, Cancel);
        return Assert.IsType<SubmitOutcome.Created>(submitted).Id;
    }

    public async Task<Job> FindAsync(long id) => (await Database.Jobs.FindAsync(id, Cancel))!;

    /// <summary>Returns a job once it has ended.</summary>
    public async Task<Job> EndedAsync(long id)
    {
        while (true)
        {
            var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var following = Database.Followers.AddJobs("test", _ => next.TrySetResult());
            if (await FindAsync(id) is { State.IsFinished: true } job) return job;
            await next.Task.WaitAsync(Cancel);
        }
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
