using System.Collections.Concurrent;

namespace Rushes.Database.Sqlite;

/// <summary>Connections that only read; as many as ever read at once, kept open.</summary>
internal sealed class ReaderPool(string path) : IDisposable
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

    public SqliteSession Rent()
    {
        ObjectDisposedException.ThrowIf(closed, this);
        return idle.TryTake(out var session) ? session : SqliteSession.OpenReader(path);
    }

    public void Return(SqliteSession session)
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
