using Rushes.Accounts;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>What a write sees: statements, the time, and where to say what it changed.</summary>
internal sealed class Transaction(SqliteSession session, RetryPolicy retries)
{
    public RetryPolicy Retries => retries;

    /// <summary>One time for all that is committed together.</summary>
    public DateTimeOffset Now { get; private set; }

    public long LastInsertId => session.LastInsertId;

    /// <summary>Told to everyone after the commit, and only then.</summary>
    public News News { get; } = new();

    public Statement Prepare(string sql) => session.Prepare(sql);

    public void Publish(JobChange change) => News.Jobs.Add(change);

    public void Publish(Account account) => News.Accounts.Add(account);

    public void Publish(ApiKey key) => News.Keys.Add(key);

    public void Publish(LanePause lane) => News.Lanes.Add(lane);

    public void Publish(ConsoleSession session) => News.Sessions.Add(session);

    public void Begin(DateTimeOffset now)
    {
        News.Clear();
        Now = now;
        Execute("BEGIN IMMEDIATE");
    }

    /// <summary>Runs one write so that it fails alone. False: it failed, and was told so.</summary>
    /// <exception cref="SqliteException">SQLite gave up the whole transaction.</exception>
    public bool TryRun(Write write)
    {
        var told = News.Length;
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

            News.CutTo(told);
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
