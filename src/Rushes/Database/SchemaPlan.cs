using Npgsql;
using Rushes.Database.Postgres;
using Rushes.Database.Shared;
using Rushes.Database.Sqlite;

namespace Rushes.Database;

/// <summary>The migrations that the next start of this version applies to a database.</summary>
/// <param name="Applied">The schema of the database: the number of its latest migration; 0 if it has no tables yet.</param>
/// <param name="Newest">The schema that this version needs.</param>
/// <param name="Pending">The names of the missing migrations, in order.</param>
public sealed record SchemaPlan(long Applied, int Newest, IReadOnlyList<string> Pending)
{
    /// <summary>The database was written by a newer version, so this version does not start on it.</summary>
    public bool IsNewer => Applied > Newest;

    /// <summary>Reads the schema of a SQLite file and changes nothing; other programs can use the file meanwhile.</summary>
    /// <exception cref="SqliteException">The file is not a database.</exception>
    public static SchemaPlan OfFile(string path)
    {
        if (!File.Exists(path)) return SqliteMigrations.PlanFrom(0);
        using var session = SqliteSession.OpenReader(path);
        return SqliteMigrations.PlanFrom(SqliteMigrations.Applied(session));
    }

    /// <summary>Reads the schema of a PostgreSQL database and changes nothing.</summary>
    /// <exception cref="DatabaseAwayException">The server cannot be reached.</exception>
    public static async Task<SchemaPlan> OfServerAsync(PostgresUrl url, CancellationToken cancel)
    {
        await using var server = new PostgresServer(url);
        await using var session = await server.OpenWriterAsync(cancel);
        try
        {
            return PostgresMigrations.PlanFrom(await PostgresMigrations.AppliedAsync(session));
        }
        catch (NpgsqlException error)
        {
            throw server.Away(error);
        }
    }

    internal static SchemaPlan From(long applied, Migration[] migrations) => new(
        applied, migrations[^1].Number,
        [.. migrations.Where(migration => migration.Number > applied).Select(migration => migration.Name)]);
}
