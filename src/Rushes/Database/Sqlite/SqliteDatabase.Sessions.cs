using Rushes.Accounts;
using Rushes.Database.Rows;
using Rushes.Database.Sqlite.Writes;

namespace Rushes.Database.Sqlite;

public sealed partial class SqliteDatabase
{
    public event Action<ConsoleSession>? SessionChanged;

    public Task<bool> AddSessionAsync(ConsoleSession session, CancellationToken cancel) => writer.Run(new AddSession(session, cancel));

    public Task EndSessionAsync(byte[] hash, CancellationToken cancel) => writer.Run(new EndSession(hash, cancel));

    public Task<ConsoleSession?> FindSessionAsync(byte[] hash, CancellationToken cancel) => Task.FromResult(readers.Read(session =>
    {
        using var select = session.Prepare($"SELECT {SessionRow.Columns} FROM console_sessions WHERE hash = ?");
        return select.BindBlob(hash).Step() ? SessionRow.Read(select) : null;
    }));

    public Task<IReadOnlyList<ConsoleSession>> ReadSessionsAsync(CancellationToken cancel) =>
        ReadAll($"SELECT {SessionRow.Columns} FROM console_sessions ORDER BY created_at, hash", SessionRow.Read);
}
