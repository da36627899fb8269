using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Database;

public sealed class GroupCommitTests : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly List<long[]> commits = [];
    private readonly ManualResetEventSlim disk = new(initialState: true);
    private readonly TaskCompletionSource committing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GroupCommit writer;

    public GroupCommitTests()
    {
        var session = SqliteSession.OpenWriter(folder["group.db"]);
        session.Execute("""
            CREATE TABLE parents (id INTEGER PRIMARY KEY);
            CREATE TABLE numbers (
              id INTEGER PRIMARY KEY, parent REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED, filling BLOB)
            """);
        var followers = new CommitFollowers();
        followers.Add("test", changes =>
        {
            commits.Add([.. changes.Jobs.Select(change => change.Id)]);
            committing.TrySetResult();
            disk.Wait();
        });
        writer = new GroupCommit(session, new RetryPolicy(), TimeProvider.System, followers);
    }

    [Fact]
    public async Task What_was_asked_for_during_a_commit_is_committed_together()
    {
        var writes = await WhileACommitRunsAsync(new Insert(2), new Insert(3), new Insert(4));
        await Task.WhenAll(writes);
        Assert.Equal([[1], [2, 3, 4]], commits);
    }

    [Fact]
    public async Task A_failing_write_leaves_the_others_of_its_group()
    {
        var writes = await WhileACommitRunsAsync(new Insert(2), new Insert(1), new Insert(7, 7), new Insert(3));

        await writes[0];
        await Assert.ThrowsAsync<SqliteException>(() => writes[1]);
        await Assert.ThrowsAsync<SqliteException>(() => writes[2]);
        await writes[3];
        Assert.Equal([[1], [2, 3]], commits);
        Assert.Equal([1, 2, 3], await NumbersAsync());
    }

    [Fact]
    public async Task When_the_commit_fails_all_its_callers_know_and_the_next_group_goes_on()
    {
        var writes = await WhileACommitRunsAsync(new Insert(2), new Insert(3) { Parent = 99 }, new Insert(4));

        foreach (var write in writes) await Assert.ThrowsAsync<SqliteException>(() => write);
        await RunAsync(new Insert(5));
        Assert.Equal([[1], [5]], commits);
        Assert.Equal([1, 5], await NumbersAsync());
    }

    [Fact]
    public async Task A_full_disk_fails_what_does_not_fit_and_nothing_else()
    {
        await RunAsync("PRAGMA max_page_count = 20", row => row.Step());
        await Assert.ThrowsAsync<SqliteException>(() => RunAsync(new Insert(1) { Bytes = 1_000_000 }));
        await RunAsync(new Insert(2));
        Assert.Equal([2], await NumbersAsync());
    }

    [Fact]
    public async Task Closing_commits_what_was_asked_for_and_rejects_the_rest()
    {
        var write = RunAsync(new Insert(1));
        await writer.DisposeAsync();
        await write;
        Assert.Throws<ObjectDisposedException>(() => { _ = RunAsync(new Insert(2)); });
    }

    public async ValueTask DisposeAsync()
    {
        disk.Set();
        await writer.DisposeAsync();
        disk.Dispose();
        folder.Dispose();
    }

    /// <summary>Delays the commit of number 1 until these writes are queued.</summary>
    private async Task<Task[]> WhileACommitRunsAsync(params Insert[] writes)
    {
        disk.Reset();
        var first = RunAsync(new Insert(1));
        await committing.Task.WaitAsync(TestContext.Current.CancellationToken);
        var asked = Array.ConvertAll(writes, write => (Task)RunAsync(write));
        disk.Set();
        await first;
        return asked;
    }

    private Task<List<long>> NumbersAsync() =>
        RunAsync("SELECT id FROM numbers ORDER BY id", row => row.ReadAll(each => each.Long(0)));

    private Task<T> RunAsync<T>(string sql, Func<Statement, T> read) => writer.Run(transaction =>
    {
        using var statement = transaction.Prepare(sql);
        return read(statement);
    }, CancellationToken.None, single: true);

    private Task<bool> RunAsync(Insert insert) =>
        writer.Run(insert.Apply, CancellationToken.None, single: insert.Ids.Length == 1);

    /// <summary>Inserts its numbers, one statement each.</summary>
    private sealed class Insert(params int[] ids)
    {
        public int[] Ids => ids;

        public int? Parent { get; init; }

        public int Bytes { get; init; }

        public bool Apply(Transaction transaction)
        {
            foreach (var id in ids)
            {
                using var insert = transaction.Prepare(
                    "INSERT INTO numbers (id, parent, filling) VALUES (?, nullif(?, 0), zeroblob(?))");
                insert.Bind(id).Bind(Parent ?? 0).Bind(Bytes).Execute();
                transaction.Changes.Jobs.Add(new JobChange
                {
                    Id = id, State = JobState.Pending, Account = 1, Model = "m", Lane = "l", Tier = 0, Priority = 0, Work = 0,
                });
            }

            return true;
        }
    }
}
