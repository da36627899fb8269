using Rushes.Database.Shared;

namespace Rushes.Database.Postgres;

/// <summary>Applies every embedded <c>001_name.sql</c> that is missing, in order, each in a transaction.</summary>
internal static class PostgresMigrations
{
    private const string Folder = "Database.Postgres.Migrations.";

    /// <summary>Gateways that start at the same time wait for this lock. An arbitrary number.</summary>
    private const long Lock = 0x52555348_4d494752;

    /// <exception cref="InvalidDataException">The schema is newer than this version.</exception>
    public static async Task ApplyAsync(Session session)
    {
        var migrations = Migration.ReadAll(Folder);
        foreach (var migration in migrations) await ApplyAsync(session, migration, migrations[^1].Number);
    }

    public static SchemaPlan PlanFrom(long applied) => SchemaPlan.From(applied, Migration.ReadAll(Folder));

    /// <summary>The number of the latest applied migration; 0 if there is none.</summary>
    public static async Task<int> AppliedAsync(Session session) =>
        (await session.ReadAsync("SELECT to_regclass('migrations') IS NOT NULL", [], row => row.Bool(0)))[0]
            ? (await session.ReadAsync("SELECT coalesce(max(number), 0) FROM migrations", [], row => row.Int(0)))[0]
            : 0;

    private static async Task ApplyAsync(Session session, Migration migration, int newest)
    {
        await using var transaction = await session.Connection.BeginTransactionAsync();
        await session.RunAsync(
            new Query<bool>("SELECT pg_advisory_xact_lock($1)", [Lock], _ => true),
            new Statement("""
                CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY, name text NOT NULL,
                  applied_at timestamptz NOT NULL DEFAULT now())
                """));
        var applied = await AppliedAsync(session);
        Migration.Reject(applied, newest);
        if (applied >= migration.Number) return;

        await using var script = session.Connection.CreateCommand();
        script.CommandText = migration.Sql;
        await script.ExecuteNonQueryAsync();
        await session.RunAsync(
            new Statement("INSERT INTO migrations (number, name) VALUES ($1, $2)", migration.Number, migration.Name));
        await transaction.CommitAsync();
    }
}
