using Npgsql;

namespace Rushes.Database.Postgres;

/// <summary>
/// Detects a pooler, such as PgBouncer, that gives every transaction another connection to the server. Settings, prepared
/// statements and notifications belong to a connection, so a gateway cannot work with it.
/// </summary>
internal static class PoolerCheck
{
    /// <summary>A busy pooler may give the other session another connection by chance.</summary>
    private const int Attempts = 5;

    /// <exception cref="InvalidDataException">There is such a pooler.</exception>
    public static async Task RejectAsync(PostgresServer server, Session session, CancellationToken cancel)
    {
        // A pooler invents the process id that it gives to its clients.
        if (await BackendAsync(session) == session.Connection.ProcessID) return;
        for (var attempt = 0; attempt < Attempts; attempt++)
            if (await IsSharedAsync(server, session, cancel))
                throw new InvalidDataException(
                    $"PostgreSQL at {server.Shown} is reached through a pooler that changes connections between transactions;"
                    + " connect to PostgreSQL itself, or set pool_mode = session in the pooler.");
    }

    /// <summary>Two sessions at the same time on the same connection to the server.</summary>
    private static async Task<bool> IsSharedAsync(PostgresServer server, Session session, CancellationToken cancel)
    {
        await using var other = await server.OpenWriterAsync(cancel);
        try
        {
            var backend = await BackendAsync(session);
            await other.RunAsync(new Statement("BEGIN"));
            var shared = await BackendAsync(other) == backend;
            await other.RunAsync(new Statement("ROLLBACK"));
            return shared;
        }
        catch (PostgresException)
        {
            // A pooler that shares single statements allows no transactions.
            return true;
        }
    }

    private static async Task<int> BackendAsync(Session session) =>
        (await session.ReadAsync("SELECT pg_backend_pid()", [], row => row.Int(0)))[0];
}
