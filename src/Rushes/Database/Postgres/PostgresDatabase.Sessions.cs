using Rushes.Accounts;
using Rushes.Database.Postgres.Writes;
using Rushes.Database.Rows;

namespace Rushes.Database.Postgres;

public sealed partial class PostgresDatabase
{
    public event Action<ConsoleSession>? SessionChanged;

    public Task<bool> AddSessionAsync(ConsoleSession session, CancellationToken cancel) => writer.Run(new AddSession(session, cancel));

    public Task EndSessionAsync(byte[] hash, CancellationToken cancel) => writer.Run(new EndSession(hash, cancel));

    public Task<ConsoleSession?> FindSessionAsync(byte[] hash, CancellationToken cancel) => server.ReadAsync(async session =>
        (await session.ReadAsync($"SELECT {SessionRow.Columns} FROM console_sessions WHERE hash = $1", [hash], SessionRow.Read)).FirstOrDefault(), cancel);

    public async Task<IReadOnlyList<ConsoleSession>> ReadSessionsAsync(CancellationToken cancel) =>
        await server.ReadAsync(Feed.ReadSessionsAsync, cancel);
}
