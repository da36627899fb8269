using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Accounts;
using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>
/// Notifies followers of each commit: one after the other in the order in which they were added, in the order of commits, and
/// before the commit's callers are answered. A follower must be fast and must not call the database. If one throws, that is
/// logged, and the commit and the other followers are unaffected.
/// </summary>
public sealed partial class CommitFollowers
{
    private readonly Lock gate = new();
    private volatile Follower[] followers = [];

    /// <summary>
    /// Of the changes of a commit of this gateway, those that wake a worker which waits here. Other gateways read this in the
    /// commit and wake none for them for a short time. It must be fast and must not throw.
    /// </summary>
    public Func<IReadOnlyList<JobChange>, IReadOnlySet<long>>? Awaited { get; set; }

    internal ILogger Log { get; set; } = NullLogger.Instance;

    /// <summary>Adds a follower until the returned value is disposed.</summary>
    /// <param name="name">For the log.</param>
    public IDisposable Add(string name, Action<CommittedChanges> follow)
    {
        var follower = new Follower(this, name, follow);
        lock (gate) followers = [.. followers, follower];
        return follower;
    }

    public IDisposable AddJobs(string name, Action<IReadOnlyList<JobChange>> follow) => Add(name, changes =>
    {
        if (changes.Jobs.Count > 0) follow(changes.Jobs);
    });

    public IDisposable AddAccounts(string name, Action<Account> follow) => Add(name, changes => changes.Accounts.ForEach(follow));

    public IDisposable AddKeys(string name, Action<ApiKey> follow) => Add(name, changes => changes.Keys.ForEach(follow));

    public IDisposable AddSessions(string name, Action<ConsoleSession> follow) =>
        Add(name, changes => changes.Sessions.ForEach(follow));

    public IDisposable AddLanes(string name, Action<LanePause> follow) => Add(name, changes => changes.Lanes.ForEach(follow));

    /// <summary>Called when a delivery is due at once.</summary>
    public IDisposable AddDeliveries(string name, Action follow) => Add(name, changes =>
    {
        if (changes.DeliveriesDue) follow();
    });

    /// <summary>Called with the number of writes in each commit of this gateway.</summary>
    public IDisposable AddWrites(string name, Action<int> follow) => Add(name, changes =>
    {
        if (changes.Writes > 0) follow(changes.Writes);
    });

    internal void Notify(CommittedChanges changes)
    {
        foreach (var follower in followers)
        {
            try
            {
                follower.Follow(changes);
            }
            catch (Exception error)
            {
                FollowerFailed(Log, error, follower.Name);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error, Message = "FollowerFailed {Follower}: the change was committed, but this follower may have "
            + "missed it")]
    private static partial void FollowerFailed(ILogger log, Exception error, string follower);

    private sealed class Follower(CommitFollowers all, string name, Action<CommittedChanges> follow) : IDisposable
    {
        public string Name => name;

        public Action<CommittedChanges> Follow => follow;

        public void Dispose()
        {
            lock (all.gate) all.followers = [.. all.followers.Where(each => each != this)];
        }
    }
}
