using Rushes.Database.Shared;

namespace Rushes.Database.Sqlite;

/// <summary>Applies every embedded <c>001_name.sql</c> that is missing, in order, each in a transaction.</summary>
internal static class SqliteMigrations
{
    private const string Folder = "Database.Sqlite.Migrations.";

    /// <summary>The number of the latest migration.</summary>
    public static int Newest => Migration.ReadAll(Folder)[^1].Number;

    /// <exception cref="InvalidDataException">The schema is newer than this version.</exception>
    public static void Apply(SqliteSession session, DateTimeOffset now)
    {
        session.Execute("""
            CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)
            """);
        var migrations = Migration.ReadAll(Folder);
        Migration.Reject(Applied(session), migrations[^1].Number);
        foreach (var migration in migrations) Apply(session, migration, now);
    }

    private static void Apply(SqliteSession session, Migration migration, DateTimeOffset now)
    {
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            // Checked inside the transaction, because another process may be migrating.
            if (Applied(session) < migration.Number)
            {
                session.Execute(migration.Sql);
                using var insert = session.Prepare("INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)");
                insert.Bind(migration.Number).Bind(migration.Name).Bind(now).Execute();
            }

            session.Execute("COMMIT");
        }
        catch
        {
            if (session.InTransaction) session.Execute("ROLLBACK");
            throw;
        }
    }

    public static SchemaPlan PlanFrom(long applied) => SchemaPlan.From(applied, Migration.ReadAll(Folder));

    /// <summary>The number of the latest applied migration; 0 if there is none.</summary>
    public static long Applied(SqliteSession session)
    {
        using (var exists = session.Prepare("SELECT count(*) FROM sqlite_master WHERE name = 'migrations'"))
        {
            exists.Step();
            if (exists.Long(0) == 0) return 0;
        }
        using var select = session.Prepare("SELECT coalesce(max(number), 0) FROM migrations");
        select.Step();
        return select.Long(0);
    }
}
