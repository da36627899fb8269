using Rushes.Database.Postgres;

namespace Rushes.Database.Copy;

/// <summary>
/// A table that is there while a copy is unfinished, and says of what: no gateway starts on half a database, and a copy goes
/// on only with what it began.
/// </summary>
internal static class CopyMark
{
    /// <summary>What is copied; null when nothing is.</summary>
    public static async Task<string?> FindAsync(Session session)
    {
        var there = await session.ReadAsync("SELECT to_regclass('copying') IS NOT NULL", [], row => row.Bool(0));
        return there[0] ? (await session.ReadAsync("SELECT source FROM copying", [], row => row.Text(0)))[0] : null;
    }

    /// <exception cref="InvalidDataException">A copy is unfinished.</exception>
    public static async Task RefuseAsync(Session session)
    {
        if (await FindAsync(session) is not null)
            throw new InvalidDataException("A copy into this database is not finished: run \"rushes database migrate\" again.");
    }

    public static Task SetAsync(Session session, string source) => session.RunAsync(
        new Statement("BEGIN"), new Statement("CREATE TABLE copying (source text NOT NULL)"),
        new Statement("INSERT INTO copying (source) VALUES ($1)", source), new Statement("COMMIT"));
}
