using Rushes.Database.Postgres;

namespace Rushes.Database.Copy;

/// <summary>
/// A table that exists while a copy is unfinished and contains the fingerprint of its source. It keeps gateways from starting
/// on an incomplete database, and a copy from continuing with a different source.
/// </summary>
internal static class CopyMark
{
    /// <summary>The fingerprint of the source; null without an unfinished copy.</summary>
    public static async Task<string?> FindAsync(Session session)
    {
        var there = await session.ReadAsync("SELECT to_regclass('copying') IS NOT NULL", [], row => row.Bool(0));
        return there[0] ? (await session.ReadAsync("SELECT source FROM copying", [], row => row.Text(0)))[0] : null;
    }

    /// <exception cref="InvalidDataException">A copy is unfinished.</exception>
    public static async Task RejectAsync(Session session)
    {
        if (await FindAsync(session) is not null)
            throw new InvalidDataException("A copy into this database is unfinished: run \"rushes database migrate\" again.");
    }

    public static Task SetAsync(Session session, string source) => session.RunAsync(
        new Statement("BEGIN"), new Statement("CREATE TABLE copying (source text NOT NULL)"),
        new Statement("INSERT INTO copying (source) VALUES ($1)", source), new Statement("COMMIT"));
}
