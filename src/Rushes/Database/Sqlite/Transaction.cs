using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>The context of a write: statements, the time, and its changes.</summary>
internal sealed class Transaction(SqliteSession session, RetryPolicy retries)
{
    public RetryPolicy Retries => retries;

    /// <summary>One time for everything that is committed together.</summary>
    public DateTimeOffset Now { get; private set; }

    public long LastInsertId => session.LastInsertId;

    /// <summary>Published to followers after the commit.</summary>
    public CommittedChanges Changes { get; } = new();

    public Statement Prepare(string sql) => session.Prepare(sql);

    public void Begin(DateTimeOffset now)
    {
        Changes.Clear();
        Now = now;
        Execute("BEGIN IMMEDIATE");
    }

    /// <summary>Runs one write so that only it can fail. Returns false if it failed; its caller was notified.</summary>
    /// <exception cref="SqliteException">SQLite rolled the whole transaction back.</exception>
    public bool TryRun(Write write)
    {
        var before = Changes.Length;
        var savepoint = !write.IsSingle;
        if (savepoint) Execute("SAVEPOINT one");
        try
        {
            write.Run(this);
            if (savepoint) Execute("RELEASE one");
            return true;
        }
        catch (Exception error) when (session.InTransaction)
        {
            // SQLite undoes a failed statement itself; only several statements need the savepoint.
            if (savepoint)
            {
                Execute("ROLLBACK TO one");
                Execute("RELEASE one");
            }

            Changes.CutTo(before);
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
