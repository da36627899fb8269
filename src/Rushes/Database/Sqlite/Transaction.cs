using Rushes.Accounts;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>What a write sees: statements, the time, and where to say what it changed.</summary>
internal sealed class Transaction(SqliteSession session, RetryPolicy retries)
{
    private readonly List<JobChange> changes = [];
    private readonly List<Account> accounts = [];
    private readonly List<ApiKey> keys = [];
    private readonly List<LanePause> lanes = [];

    public RetryPolicy Retries => retries;

    /// <summary>One time for all that is committed together.</summary>
    public DateTimeOffset Now { get; private set; }

    public long LastInsertId => session.LastInsertId;

    public IReadOnlyList<JobChange> Changes => changes;

    public IReadOnlyList<Account> Accounts => accounts;

    public IReadOnlyList<ApiKey> Keys => keys;

    public IReadOnlyList<LanePause> Lanes => lanes;

    /// <summary>A delivery is due at once. Set too often (by a write that then failed) does no harm: it is looked up.</summary>
    public bool DeliveriesWait { get; set; }

    public Statement Prepare(string sql) => session.Prepare(sql);

    /// <summary>Told to everyone after the commit, and only then.</summary>
    public void Publish(JobChange change) => changes.Add(change);

    public void Publish(Account account) => accounts.Add(account);

    public void Publish(ApiKey key) => keys.Add(key);

    public void Publish(LanePause lane) => lanes.Add(lane);

    public void Begin(DateTimeOffset now)
    {
        changes.Clear();
        accounts.Clear();
        keys.Clear();
        lanes.Clear();
        DeliveriesWait = false;
        Now = now;
        Execute("BEGIN IMMEDIATE");
    }

    /// <summary>Runs one write so that it fails alone. False: it failed, and was told so.</summary>
    /// <exception cref="SqliteException">SQLite gave up the whole transaction.</exception>
    public bool TryRun(Write write)
    {
        var published = (Changes: changes.Count, Accounts: accounts.Count, Keys: keys.Count, Lanes: lanes.Count);
        var savepoint = write.HasSeveralStatements;
        if (savepoint) Execute("SAVEPOINT one");
        try
        {
            write.Run(this);
            if (savepoint) Execute("RELEASE one");
            return true;
        }
        catch (Exception error) when (session.InTransaction)
        {
            // A statement that failed undid itself; only several of them need the savepoint.
            if (savepoint)
            {
                Execute("ROLLBACK TO one");
                Execute("RELEASE one");
            }

            changes.RemoveRange(published.Changes, changes.Count - published.Changes);
            accounts.RemoveRange(published.Accounts, accounts.Count - published.Accounts);
            keys.RemoveRange(published.Keys, keys.Count - published.Keys);
            lanes.RemoveRange(published.Lanes, lanes.Count - published.Lanes);
            write.Fail(error);
            return false;
        }
    }

    public void Commit() => Execute("COMMIT");

    public void Rollback()
    {
        if (session.InTransaction) Execute("ROLLBACK");
    }

    private void Execute(string sql)
    {
        using var statement = session.Prepare(sql);
        statement.Execute();
    }
}
