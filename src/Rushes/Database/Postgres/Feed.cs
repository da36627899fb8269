using Rushes.Accounts;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// Notifies followers of the commits of all gateways, in the order of commits and each once. The writer passes its own commit
/// and those before it; <see cref="FeedListener"/> passes those it was notified of. If the table of commits does not reach
/// back far enough, everything is read again and published as changes.
/// </summary>
/// <param name="name">The name of this gateway.</param>
internal sealed class Feed(PostgresServer server, CommitFollowers followers, string name, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>All unfinished jobs, and when they were created.</summary>
    public const string SelectLive = $"""
        SELECT {ChangeRow.Columns}, created_at FROM jobs WHERE state IN {StateNumbers.Queued}
        UNION ALL SELECT {ChangeRow.Columns}, created_at FROM jobs WHERE state = {StateNumbers.Running}
        UNION ALL SELECT {ChangeRow.Columns}, created_at FROM jobs WHERE state = {StateNumbers.Awaiting}
        """;

    // The jobs that followers know, so that those missing from the tables can be reported as ended.
    private readonly HashSet<long> live = [];
    private readonly Dictionary<long, ApiKey> keys = [];
    private readonly Dictionary<string, ConsoleSession> sessions = [];
    private readonly HashSet<string> paused = [];

    private volatile Position position = Position.Start;
    private long loaded;
    private bool following;
    private bool stale;

    /// <summary>Raised after all followers were notified of a commit.</summary>
    public event Action<CommittedChanges>? Published;

    /// <summary>The last commit that was published.</summary>
    public Position Position => position;

    /// <summary>The commits from a position on, including that one; for <see cref="Reaches"/>.</summary>
    /// <param name="except">The body of this one is left out.</param>
    public static Query<CommitRow> Since(Position from, Guid except = default) => new(
        """
        SELECT number, token, CASE WHEN number > $1 AND token <> $2 THEN body END FROM commits WHERE number >= $1
        ORDER BY number
        """,
        [from.Number, except],
        row => new CommitRow(new Position(row.Long(0), row.Guid(1)), row.IsNull(2) ? null : row.Bytes(2)));

    /// <summary>
    /// Whether the rows continue after a position without a gap. There is a gap if older commits were deleted, or if the
    /// server took over from another one and lacks its last commits.
    /// </summary>
    public static bool Reaches(Position from, List<CommitRow> rows) =>
        from.Number == 0 ? rows.Count == 0 || rows[0].At.Number == 1 : rows.Count > 0 && rows[0].At == from;

    /// <summary>Sets the position from which commits are published.</summary>
    public async Task OpenAsync(Session session) => position = await NewestAsync(session);

    /// <summary>
    /// Prepares a connection for reading the unfinished jobs as of the last commit seen. Returns false if commits are already
    /// published.
    /// </summary>
    public async Task<bool> BeginLiveAsync(Session session)
    {
        if (following) return false;
        loaded = (await NewestAsync(session)).Number;
        live.Clear();
        return true;
    }

    public void Load(in JobChange job) => live.Add(job.Id);

    public async Task BeginAsync(CancellationToken cancel)
    {
        foreach (var key in await server.ReadAsync(ReadKeysAsync, cancel)) keys[key.Id] = key;
        foreach (var session in await server.ReadAsync(ReadSessionsAsync, cancel)) sessions[NameOf(session)] = session;
        paused.UnionWith(await server.ReadAsync(ReadPausedAsync, cancel));
        await gate.WaitAsync(cancel);
        following = true;
        gate.Release();
        if (stale) await ResyncAsync(cancel);
    }

    /// <summary>Publishes those of the rows that were not published yet.</summary>
    /// <param name="own">The token of this gateway's own commit among them.</param>
    public async Task PublishAsync(IEnumerable<CommitRow> rows, Guid? own = null, CommittedChanges? ownChanges = null)
    {
        if (!following) return;
        await gate.WaitAsync();
        try
        {
            foreach (var row in rows)
            {
                // The listener may have published it already.
                if (row.At.Number <= position.Number) continue;
                position = row.At;
                var changes = row.At.Token == own ? ownChanges : row.Body is null ? null : CommitText.Read(row.Body, name);
                if (changes is { IsEmpty: false }) Publish(changes, isLoaded: row.At.Number <= loaded);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    public async Task CatchUpAsync(Session session, CancellationToken cancel)
    {
        var from = position;
        var since = Since(from);
        await session.RunAsync(since);
        if (Reaches(from, since.Rows)) await PublishAsync(since.Rows);
        else await ResyncAsync(cancel);
    }

    /// <summary>Reads and publishes everything that has followers.</summary>
    public async Task ResyncAsync(CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            stale = !following;
            await using var session = await server.OpenSnapshotAsync(cancel);
            var newest = await NewestAsync(session);
            var changes = following ? await ReadAllAsync(session) : new CommittedChanges();
            (position, loaded) = (newest, 0);
            if (following) Publish(changes, isLoaded: false);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private static Task<List<ApiKey>> ReadKeysAsync(Session session) => session.ReadAsync(Statements.ReadKeys, [], KeyRow.Read);

    private static Task<List<Account>> ReadAccountsAsync(Session session) =>
        session.ReadAsync(Statements.ReadAccounts, [], AccountRow.Read);

    private static Task<List<ConsoleSession>> ReadSessionsAsync(Session session) =>
        session.ReadAsync(Statements.ReadSessions, [], SessionRow.Read);

    private static Task<List<string>> ReadPausedAsync(Session session) =>
        session.ReadAsync(Statements.ReadPausedLanes, [], row => row.Text(0));

    private static string NameOf(ConsoleSession session) => Convert.ToHexString(session.Hash);

    private static async Task<Position> NewestAsync(Session session) =>
        (await session.ReadAsync(
            "SELECT number, token FROM commits ORDER BY number DESC LIMIT 1",
            [],
            row => new Position(row.Long(0), row.Guid(1))))
            .FirstOrDefault(Position.Start);

    private async Task<CommittedChanges> ReadAllAsync(Session session)
    {
        var now = time.GetUtcNow();
        var changes = new CommittedChanges { DeliveriesDue = true };
        var values = new RecurringValues();
        changes.Jobs.AddRange(await session.ReadAsync(SelectLive, [], row => ChangeRow.ReadLive(row, values)));

        var ended = live.Except(changes.Jobs.Select(job => job.Id)).ToArray();
        var found = await session.ReadAsync(
            $"SELECT {ChangeRow.Columns}, ended_at FROM jobs WHERE id = ANY($1)", [ended],
            row => ChangeRow.Read(row, row.TimeOrNull(ChangeRow.Count) ?? now));
        changes.Jobs.AddRange(found);
        changes.Jobs.AddRange(ended.Except(found.Select(job => job.Id)).Select(Deleted));

        changes.Accounts.AddRange(await ReadAccountsAsync(session));
        changes.Keys.AddRange(await ReadKeysAsync(session));
        changes.Keys.AddRange(keys.Values.ExceptBy(changes.Keys.Select(key => key.Id), key => key.Id)
            .Select(key => key with { RevokedAt = key.RevokedAt ?? now }).ToArray());
        changes.Sessions.AddRange(await ReadSessionsAsync(session));
        changes.Sessions.AddRange(sessions.Values.ExceptBy(changes.Sessions.Select(NameOf), NameOf)
            .Select(deleted => deleted with { Ended = true }).ToArray());
        var nowPaused = await ReadPausedAsync(session);
        changes.Lanes.AddRange(paused.Except(nowPaused).Select(lane => new LanePause(lane, Paused: false)).ToArray());
        changes.Lanes.AddRange(nowPaused.Select(lane => new LanePause(lane, Paused: true)));
        return changes;

        // A server that took over may not have the job.
        JobChange Deleted(long id) =>
            new()
            {
                Id = id, State = JobState.Cancelled, Account = 0, Model = "", Lane = "", Tier = 0, Priority = 0, Work = 0,
                At = now,
            };
    }

    /// <param name="isLoaded">Whether the followers already have these jobs in this state or a later one.</param>
    private void Publish(CommittedChanges changes, bool isLoaded)
    {
        var published = isLoaded
            ? new CommittedChanges
            {
                Accounts = changes.Accounts, Keys = changes.Keys, Sessions = changes.Sessions, Lanes = changes.Lanes,
                DeliveriesDue = changes.DeliveriesDue,
            }
            : changes;
        foreach (var job in published.Jobs)
            if (job.State.IsFinished) live.Remove(job.Id);
            else live.Add(job.Id);
        foreach (var key in published.Keys) keys[key.Id] = key;
        foreach (var session in published.Sessions)
            if (session.Ended) sessions.Remove(NameOf(session));
            else sessions[NameOf(session)] = session;
        foreach (var lane in published.Lanes)
            if (lane.Paused) paused.Add(lane.Lane);
            else paused.Remove(lane.Lane);
        followers.Notify(published);
        Published?.Invoke(published);
    }
}

/// <summary>The position of a commit in the order of all commits. Numbers have no gaps.</summary>
/// <param name="Token">Unique for each commit, because after a failover another commit may have the same number.</param>
internal sealed record Position(long Number, Guid Token)
{
    public static readonly Position Start = new(0, default);
}

/// <param name="Body">Null if nothing in it has followers.</param>
internal sealed record CommitRow(Position At, byte[]? Body);
