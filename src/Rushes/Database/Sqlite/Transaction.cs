using Rushes.Accounts;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>The context of a write: statements, the time, and its changes.</summary>
internal sealed class Transaction(SqliteSession session, RetryPolicy retries) : ITransaction
{
    private readonly List<(int Account, long Bytes)> requests = [];

    // Null after a rollback, and until the first claim that asks for it.
    private Dictionary<int, int>? running;

    public RetryPolicy Retries => retries;

    /// <summary>One time for everything that is committed together.</summary>
    public DateTimeOffset Now { get; private set; }

    public long LastInsertId => session.LastInsertId;

    /// <summary>
    /// How many jobs of each account run. Counted once, then changed with each job, because this is the only writer.
    /// </summary>
    public IReadOnlyDictionary<int, int> Running => running ??= Read(
        $"SELECT account, count(*) FROM jobs INDEXED BY jobs_running WHERE state = {StateNumbers.Running} GROUP BY account", [],
        row => (Account: row.Int(0), Jobs: row.Int(1))).ToDictionary(row => row.Account, row => row.Jobs);

    /// <summary>Published to followers after the commit.</summary>
    public CommittedChanges Changes { get; } = new();

    public Statement Prepare(string sql) => session.Prepare(sql);

    /// <summary>
    /// Adds to the stored bytes of an account's requests. Stored once for the whole commit, which costs a create far less
    /// than a trigger would.
    /// </summary>
    public void CountRequest(int account, long bytes) => requests.Add((account, bytes));

    /// <summary>The stored bytes of an account with what this commit added so far.</summary>
    public long StoredBytes(int account)
    {
        using var select = session.Prepare(Statements.ReadStoredBytes);
        select.Bind(account).Step();
        return select.Long(0) + requests.Where(request => request.Account == account).Sum(request => request.Bytes);
    }

    /// <summary>Counts a job that starts or ends a run.</summary>
    public void CountRunning(JobTransition transition)
    {
        var (before, after) = (transition.Before.State == JobState.Running, transition.After.State == JobState.Running);
        if (running is null || before == after) return;
        var account = transition.After.Account;
        var jobs = running.GetValueOrDefault(account) + (after ? 1 : -1);
        if (jobs > 0) running[account] = jobs;
        else running.Remove(account);
    }

    public void Begin(DateTimeOffset now)
    {
        Changes.Clear();
        requests.Clear();
        Now = now;
        Execute("BEGIN IMMEDIATE");
    }

    /// <summary>Runs one write so that only it can fail. Returns false if it failed; its caller was notified.</summary>
    /// <exception cref="SqliteException">SQLite rolled the whole transaction back.</exception>
    public bool TryRun(Write write)
    {
        var (before, counted) = (Changes.Length, requests.Count);
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
            running = null;
            // SQLite undoes a failed statement itself; only several statements need the savepoint.
            if (savepoint)
            {
                Execute("ROLLBACK TO one");
                Execute("RELEASE one");
            }

            Changes.CutTo(before);
            requests.RemoveRange(counted, requests.Count - counted);
            write.Fail(error);
            return false;
        }
    }

    public IReadOnlyList<T> Read<T>(string sql, object?[] values, Func<IRow, T> read)
    {
        using var statement = session.Prepare(sql);
        return statement.BindAll(values).ReadAll(read);
    }

    public void Run(string sql, params object?[] values)
    {
        using var statement = session.Prepare(sql);
        statement.BindAll(values).Execute();
    }

    /// <summary>Records a change in the audit log.</summary>
    public void Append(AuditEntry entry) => Run(Statements.InsertAudit, AuditRow.Values(entry, Now));

    Task<IReadOnlyList<T>> ITransaction.ReadAsync<T>(string sql, object?[] values, Func<IRow, T> read) =>
        Task.FromResult(Read(sql, values, read));

    Task<IReadOnlyList<T>> ITransaction.ChangeAsync<T>(string sql, object?[] values, Func<IRow, T> read) =>
        Task.FromResult(Read(sql, values, read));

    Task ITransaction.RunAsync(string sql, params IReadOnlyList<object?[]> rows)
    {
        foreach (var values in rows) Run(sql, values);
        return Task.CompletedTask;
    }

    public void Commit()
    {
        foreach (var counted in requests.GroupBy(request => request.Account))
        {
            using var update = session.Prepare("""
                INSERT INTO stored_requests (account, bytes) VALUES (?, ?) ON CONFLICT (account) DO UPDATE
                  SET bytes = bytes + excluded.bytes
                """);
            update.Bind(counted.Key).Bind(counted.Sum(request => request.Bytes)).Execute();
        }
        Execute("COMMIT");
    }

    public void Rollback()
    {
        running = null;
        if (session.InTransaction) Execute("ROLLBACK");
    }

    private void Execute(string sql) => Run(sql);
}
