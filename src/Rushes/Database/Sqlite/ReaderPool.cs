using System.Collections.Concurrent;
using Rushes.Database.Shared;

namespace Rushes.Database.Sqlite;

/// <summary>A pool of read-only connections that grows with the number of concurrent reads.</summary>
internal sealed class ReaderPool(string path) : IReader, IDisposable
{
    private readonly ConcurrentBag<SqliteSession> idle = [];
    private volatile bool closed;

    public T Read<T>(Func<SqliteSession, T> read)
    {
        var session = Rent();
        try
        {
            return read(session);
        }
        finally
        {
            Return(session);
        }
    }

    public Task<IReadOnlyList<T>> ReadAllAsync<T>(string sql, Func<Statement, T> read, Func<Statement, Statement>? bind = null) =>
        Task.FromResult<IReadOnlyList<T>>(Read(session =>
        {
            using var select = session.Prepare(sql);
            bind?.Invoke(select);
            return select.ReadAll(read);
        }));

    Task<IReadOnlyList<T>> IReader.ReadAllAsync<T>(
        string sql, object?[] values, Func<IRow, T> read, CancellationToken cancel) =>
        ReadAllAsync(sql, read, select => select.BindAll(values));

    /// <summary>Yields rows as they are enumerated, from one snapshot.</summary>
    public IEnumerable<T> Stream<T>(
        string sql, Func<Statement, Statement> bind, Func<Statement, T> read, CancellationToken cancel)
    {
        var session = Rent();
        try
        {
            using var select = session.Prepare(sql);
            bind(select);
            while (select.Step())
            {
                cancel.ThrowIfCancellationRequested();
                yield return read(select);
            }
        }
        finally
        {
            Return(session);
        }
    }

    private SqliteSession Rent()
    {
        ObjectDisposedException.ThrowIf(closed, this);
        return idle.TryTake(out var session) ? session : SqliteSession.OpenReader(path);
    }

    private void Return(SqliteSession session)
    {
        idle.Add(session);
        if (closed) Empty();
    }

    public void Dispose()
    {
        closed = true;
        Empty();
    }

    private void Empty()
    {
        while (idle.TryTake(out var session)) session.Dispose();
    }
}
