using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>What a write works with: statements, the time, and where to note what it changed.</summary>
internal sealed class Transaction(SqliteSession session, RetryPolicy retries)
{
    public RetryPolicy Retries => retries;

    /// <summary>One time for all that is committed together.</summary>
    public DateTimeOffset Now { get; private set; }

    public long LastInsertId => session.LastInsertId;

    /// <summary>Told to followers after the commit, and only then.</summary>
    public CommittedChanges Changes { get; } = new();

    public Statement Prepare(string sql) => session.Prepare(sql);

    public void Begin(DateTimeOffset now)
    {
        Changes.Clear();
        Now = now;
        Execute("BEGIN IMMEDIATE");
    }

    /// <summary>Runs one write so that it fails alone. False: it failed, and was told so.</summary>
    /// <exception cref="SqliteException">SQLite gave up the whole transaction.</exception>
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
            // A statement that failed undid itself; only several of them need the savepoint.
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
