using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>
/// The only writer of a database: a thread that commits together all writes that were queued during the previous commit.
/// Under load the groups grow and share the cost of an fsync; a single write is committed at once.
/// </summary>
internal sealed class GroupCommit : IWriter, IAsyncDisposable
{
    /// <summary>Limits the duration of a commit, and so the wait of its callers.</summary>
    private const int MaxGroup = 1024;

    private readonly SqliteSession session;
    private readonly Transaction transaction;
    private readonly TimeProvider time;
    private readonly CommitFollowers followers;

    // A dedicated thread, because it mostly waits for the disk.
    private readonly AutoResetEvent bell = new(false);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Unbounded: every caller waits for its write, so there are never more writes than callers.
    private readonly Lock gate = new();
    private List<Write> waiting = [];
    private bool closed;

    /// <param name="followers">Notified of each commit before its callers are answered.</param>
    public GroupCommit(SqliteSession session, RetryPolicy retries, TimeProvider time, CommitFollowers followers)
    {
        this.session = session;
        this.time = time;
        this.followers = followers;
        transaction = new Transaction(session, retries);
        new Thread(Loop) { Name = "Database writer", IsBackground = true }.Start();
    }

    /// <summary>
    /// Completes after the commit. Cancelling drops a write that has not started; one that has started completes.
    /// </summary>
    /// <param name="apply">Runs on the writer's thread.</param>
    /// <param name="single">Only one statement changes rows; earlier statements only read or are harmless without it.</param>
    public Task<T> Run<T>(Func<Transaction, T> apply, CancellationToken cancel, bool single = false)
    {
        var write = new Write<T>(apply, single, cancel);
        bool first;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            first = waiting.Count == 0;
            waiting.Add(write);
        }

        if (first) bell.Set();
        return write.Answer;
    }

    // All operations of this transaction are synchronous, so the task has completed.
    Task<T> IWriter.Run<T>(Func<ITransaction, Task<T>> apply, CancellationToken cancel) =>
        Run(transaction => apply(transaction).GetAwaiter().GetResult(), cancel);

    /// <summary>Commits what is queued, checkpoints the WAL and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate) closed = true;
        bell.Set();
        await ended.Task;
    }

    private void Loop()
    {
        var taken = new List<Write>();
        var group = new List<Write>();
        while (Take(ref taken))
        {
            for (var start = 0; start < taken.Count; start += MaxGroup)
            {
                CommitGroup(taken, start, Math.Min(taken.Count, start + MaxGroup), group);
                group.Clear();
            }

            taken.Clear();
        }

        session.Dispose();
        ended.SetResult();
    }

    /// <summary>Waits for writes and takes all of them; false after the queue was closed.</summary>
    private bool Take(ref List<Write> taken)
    {
        while (true)
        {
            lock (gate)
            {
                if (waiting.Count > 0)
                {
                    (taken, waiting) = (waiting, taken);
                    return true;
                }

                if (closed) return false;
            }

            bell.WaitOne();
        }
    }

    private void CommitGroup(List<Write> writes, int start, int end, List<Write> group)
    {
        try
        {
            transaction.Begin(time.GetUtcNow());
            for (var i = start; i < end; i++)
            {
                if (writes[i].IsAbandoned) writes[i].Abandon();
                else if (transaction.TryRun(writes[i])) group.Add(writes[i]);
            }

            transaction.Commit();
        }
        catch (Exception error)
        {
            // The disk is full or broken: the group is rolled back, its callers get the error, and the next group is tried.
            Rollback();
            for (var i = start; i < end; i++) writes[i].Fail(error);
            return;
        }

        transaction.Changes.Writes = group.Count;
        followers.Notify(transaction.Changes);
        foreach (var write in group) write.Succeed();
    }

    private void Rollback()
    {
        try
        {
            transaction.Rollback();
        }
        catch (SqliteException)
        {
            // Callers get the first error.
        }
    }
}
