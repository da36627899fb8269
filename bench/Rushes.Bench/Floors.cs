using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using SQLitePCL;

namespace Rushes.Bench;

/// <summary>What the disk and the databases do when nothing is asked of them but to keep rows of 1 KB, 64 at a time.</summary>
internal static class Floors
{
    private const int Group = 64;

    private static readonly string Row = new('a', 1000);

    /// <summary>Writes of 4 KB to the end of a file, each flushed to the disk, a second.</summary>
    public static Task<double> FlushesAsync(string folder, int seconds) => AppendAsync(folder, seconds, 4096, 1);

    /// <summary>Rows a second, appended to a file that is flushed after each group.</summary>
    public static Task<double> AppendsAsync(string folder, int seconds) => AppendAsync(folder, seconds, Group * 1000, Group);

    /// <summary>Rows a second, inserted in SQLite in a transaction for each group; durable, with a write-ahead log.</summary>
    public static Task<double> SqliteAsync(string folder, int seconds) => Task.Run(() =>
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_open(Path.Combine(folder, "floor.db"), out var database));
        using (database)
        {
            foreach (var sql in (string[])["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                "CREATE TABLE jobs (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, input TEXT NOT NULL)"])
                Check(raw.sqlite3_exec(database, sql));
            Check(raw.sqlite3_prepare_v2(database, "INSERT INTO jobs (state, input) VALUES (0, ?)", out var insert));
            using (insert)
            {
                var clock = Stopwatch.StartNew();
                var rows = 0;
                for (; clock.Elapsed.TotalSeconds < seconds; rows += Group)
                {
                    Check(raw.sqlite3_exec(database, "BEGIN IMMEDIATE"));
                    for (var i = 0; i < Group; i++)
                    {
                        Check(raw.sqlite3_bind_text(insert, 1, Row));
                        if (raw.sqlite3_step(insert) != raw.SQLITE_DONE)
                            throw new InvalidOperationException("SQLite refused a row.");
                        Check(raw.sqlite3_reset(insert));
                    }
                    Check(raw.sqlite3_exec(database, "COMMIT"));
                }
                return rows / clock.Elapsed.TotalSeconds;
            }
        }
    });

    /// <summary>Rows a second, inserted in PostgreSQL with one statement for each group.</summary>
    public static async Task<double> PostgresAsync(string url, int seconds)
    {
        await using var connection = new NpgsqlConnection(Database.Postgres.PostgresUrl.Parse(url).Connection);
        await connection.OpenAsync();
        await using var make = new NpgsqlCommand(
            "DROP TABLE IF EXISTS floor; CREATE TABLE floor (id bigserial PRIMARY KEY, state int NOT NULL, input text NOT NULL)",
            connection);
        await make.ExecuteNonQueryAsync();
        await using var insert = new NpgsqlCommand(
            "INSERT INTO floor (state, input) SELECT 0, each FROM unnest($1) AS each", connection);
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Enumerable.Repeat(Row, Group)] });
        await insert.PrepareAsync();
        var clock = Stopwatch.StartNew();
        var rows = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; rows += Group) await insert.ExecuteNonQueryAsync();
        return rows / clock.Elapsed.TotalSeconds;
    }

    private static Task<double> AppendAsync(string folder, int seconds, int bytes, int rows) => Task.Run(() =>
    {
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"floor-{bytes}"));
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var piece = Encoding.ASCII.GetBytes(new string('a', bytes));
        var clock = Stopwatch.StartNew();
        long written = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; written++)
        {
            RandomAccess.Write(file, piece, written * bytes);
            RandomAccess.FlushToDisk(file);
        }
        var rate = written * rows / clock.Elapsed.TotalSeconds;
        File.Delete(path);
        return rate;
    });

    private static void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw new InvalidOperationException($"SQLite: {raw.sqlite3_errstr(code).utf8_to_string()}");
    }
}
