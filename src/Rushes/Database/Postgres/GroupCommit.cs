using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// The only writer of a gateway. It commits together all writes that were queued while it committed the previous group or
/// waited for the lock. If the connection is lost, the group is run again on a new one, unless it was committed; callers get
/// an error only if the server stays unavailable.
/// </summary>
internal sealed class GroupCommit : IWriter, IAsyncDisposable
{
    /// <summary>Limits the duration of a commit, and so the wait of its callers.</summary>
    private const int MaxGroup = 1024;

    private readonly PostgresServer server;
    private readonly Feed feed;
    private readonly CommitFollowers followers;
    private readonly string name;
    private readonly RetryPolicy retries;
    private readonly TimeProvider time;
    private readonly Channel<bool> bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource closing = new();
    private readonly Backoff pause = PostgresServer.NewBackoff();
    private readonly Task loop;

    private readonly Lock gate = new();
    private readonly WaitingWrites waiting = new();
    private bool closed;
    private DatabaseAwayException? away;

    private Session? session;

    /// <param name="session">The first connection.</param>
    public GroupCommit(
        PostgresServer server, Session session, Feed feed, CommitFollowers followers, string name, RetryPolicy retries,
        TimeProvider time)
    {
        (this.server, this.session, this.feed, this.followers) = (server, session, feed, followers);
        (this.name, this.retries, this.time) = (name, retries, time);
        loop = Task.Run(LoopAsync);
    }

    public ILogger Log { get; set; } = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    /// <summary>
    /// Completes after the commit. Cancelling drops a write that has not started; one that has started completes.
    /// </summary>
    public Task<T> Run<T>(Write<T> write)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (away is not null) return Task.FromException<T>(away);
            waiting.Add(write);
        }

        bell.Writer.TryWrite(true);
        return write.Answer;
    }

    /// <summary>Queues a write that is not combined with others.</summary>
    public Task<T> Run<T>(Func<Transaction, Task<T>> apply, CancellationToken cancel) => Run(new SingleWrite<T>(apply, cancel));

    Task<T> IWriter.Run<T>(Func<ITransaction, Task<T>> apply, CancellationToken cancel) => Run<T>(apply, cancel);

    /// <summary>
    /// Queues an event of one job for <see cref="JobLifecycle"/>. The events of a group are stored together.
    /// </summary>
    public Task<T> Run<T>(long id, Func<Job?, Transaction, JobDecision<T>> decide, CancellationToken cancel) =>
        Run(new JobEventWrite<T>(id, decide, cancel));

    /// <summary>Commits what is queued.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate) closed = true;
        bell.Writer.TryComplete();
        await closing.CancelAsync();
        await loop;
        if (session is not null) await session.DisposeAsync();
        closing.Dispose();
    }

    private bool HasWaiting
    {
        get
        {
            lock (gate) return waiting.Count > 0;
        }
    }

    private async Task LoopAsync()
    {
        await foreach (var _ in bell.Reader.ReadAllAsync())
            while (HasWaiting)
                await CommitAsync();
        while (HasWaiting) await CommitAsync();
    }

    /// <summary>
    /// Commits one group, with retries. If the server is unavailable, it returns when the server is available again.
    /// </summary>
    private async Task CommitAsync()
    {
        var group = new CommitGroup();
        while (true)
        {
            try
            {
                session ??= await server.OpenWriterAsync(CancellationToken.None);
                if (!await TryAsync(group, session)) continue;
                Back();
                return;
            }
            catch (Exception error)
            {
                await LoseSessionAsync();
                if (!PostgresServer.IsAway(error))
                {
                    // A bug: report it to the callers.
                    lock (gate) waiting.MoveTo(group, isExclusive: true, MaxGroup);
                    group.Fail(error);
                    return;
                }

                if (!pause.IsFailing) Log.DatabaseAway(server.Shown, error.Message);
                pause.Fail();
                if (closing.IsCancellationRequested || pause.Failing > PostgresServer.Patience) group = GiveUp(group, error);
                if (closing.IsCancellationRequested) return;
                await pause.WaitAsync(closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Returns false if the group has to be retried.</summary>
    private async Task<bool> TryAsync(CommitGroup group, Session session)
    {
        var transaction = new Transaction(session, retries, time);
        var from = feed.Position;
        var others = await transaction.BeginAsync(from, MustBeExclusive(group));
        if (transaction.Correction != TimeSpan.Zero) Log.ClockWrong(server.Shown, -transaction.Correction.TotalSeconds);
        if (!Feed.Reaches(from, others))
        {
            await transaction.RollbackAsync();
            await feed.ResyncAsync(CancellationToken.None);
            return false;
        }

        if (group.Token is { } sent && await transaction.IsCommittedAsync(sent))
        {
            await transaction.RollbackAsync();
            await feed.PublishAsync(others);
            group.Succeed();
            return true;
        }

        // Writes that were queued during the wait for the lock join the group.
        group.Token = null;
        lock (gate) waiting.MoveTo(group, transaction.IsExclusive, MaxGroup);
        if (group.NeedsOthers) await feed.PublishAsync(others);
        if (!await RunAsync(group, transaction)) return false;
        if (transaction.Wrote)
        {
            group.Token = Guid.NewGuid();
            var last = others.Count > 0 ? others[^1].At : from;
            var awaited = followers.Awaited?.Invoke(transaction.Changes.Jobs);
            var rows = await transaction.CommitAsync(group.Token.Value, name, last, awaited);
            if (Feed.Reaches(last, rows)) await feed.PublishAsync([.. others, .. rows], group.Token, transaction.Changes);
            else await feed.ResyncAsync(CancellationToken.None);
            followers.Notify(new CommittedChanges { Writes = group.Count });
        }
        else
        {
            await transaction.RollbackAsync();
            await feed.PublishAsync(others);
        }

        group.Succeed();
        return true;
    }

    /// <summary>Whether a group is exclusive. One that was run before has its writes already.</summary>
    private bool MustBeExclusive(CommitGroup group)
    {
        lock (gate) return group.IsExclusive || (group.Count == 0 && waiting.NextIsExclusive);
    }

    /// <summary>Runs the writes. If they cannot be run so, it rolls them back and returns false.</summary>
    private static async Task<bool> RunAsync(CommitGroup group, Transaction transaction)
    {
        try
        {
            await group.RunAsync(transaction);
            if (!transaction.MustBeExclusive) return true;
        }
        catch (Exception error) when (!PostgresServer.IsLost(error) && transaction.Session.IsOpen && !group.IsCareful)
        {
            // Run again below.
        }

        await transaction.RollbackAsync();
        group.Retry(transaction.IsExclusive);
        return false;
    }

    private async Task LoseSessionAsync()
    {
        if (session is not { } lost) return;
        session = null;
        await lost.DisposeAsync();
    }

    /// <summary>The server is unavailable for too long: callers get an error at once until it is available again.</summary>
    private CommitGroup GiveUp(CommitGroup group, Exception error)
    {
        group.Fail(server.Away(error, mayBeDone: group.Token is not null));
        var late = new CommitGroup();
        lock (gate)
        {
            away = server.Away(error);
            waiting.MoveAllTo(late);
        }

        late.Fail(away);
        return new CommitGroup();
    }

    private void Back()
    {
        if (!pause.IsFailing) return;
        Log.DatabaseBack(server.Shown, pause.Failing.TotalSeconds);
        pause.Reset();
        lock (gate) away = null;
    }
}
