using Rushes.Database.Rows;

namespace Rushes.Database.Postgres;

/// <summary>
/// Looks through jobs from the newest on. An account's are found by what is indexed of it; everyone's by their ids alone. No
/// index serves this that a create would have to pay for.
/// </summary>
internal static class JobList
{
    /// <summary>Ids that one page looks through at most.</summary>
    private const int Window = 50_000;

    private const string Matches = """
        (cardinality($3::smallint[]) = 0 OR state = ANY ($3)) AND ($4::text IS NULL OR model = $4)
        AND ($5::timestamptz IS NULL OR created_at >= $5) AND ($6::timestamptz IS NULL OR created_at < $6)
        """;

    public static async Task<JobPage> ReadAsync(Session session, JobFilter filter)
    {
        // Old jobs may have been removed: nobody is sent looking where none are left.
        var (oldest, newest) = (await session.ReadAsync(
            "SELECT coalesce((SELECT min(id) FROM jobs), 1), coalesce((SELECT max(id) FROM jobs), 0)", [], row => (row.Long(0), row.Long(1))))[0];
        var before = Math.Min(filter.Before ?? long.MaxValue, newest + 1);
        // Everyone's jobs are looked through a window at a time, an account's as far as it takes.
        var first = filter.Account is null ? Math.Max(oldest, before - Window) : oldest;
        object?[] values =
        [
            first, before, filter.States.Select(state => (short)state).ToArray(), filter.Model, filter.From, filter.Until, filter.Limit, filter.Account,
        ];
        var jobs = await session.ReadAsync(filter.Account is null ? All : OfAccount, filter.Account is null ? values[..7] : values, JobRow.Read);

        var reached = jobs.Count == filter.Limit ? jobs[^1].Id : first;
        return new JobPage(jobs, reached > oldest ? reached : null);
    }

    private const string All = $"SELECT {JobRow.Columns} FROM jobs WHERE id >= $1 AND id < $2 AND {Matches} ORDER BY id DESC LIMIT $7";

    private const string OfAccount = $"""
        SELECT {JobRow.Columns} FROM jobs WHERE id IN (
          SELECT id FROM (
            (SELECT id FROM jobs WHERE state IN (3, 4, 5, 6) AND account = $8 AND id >= $1 AND id < $2 AND {Matches} ORDER BY id DESC LIMIT $7)
            UNION ALL (SELECT id FROM jobs WHERE state IN (0, 2) AND account = $8 AND id >= $1 AND id < $2 AND {Matches} ORDER BY id DESC LIMIT $7)
            UNION ALL (SELECT id FROM jobs WHERE state = 1 AND account = $8 AND id >= $1 AND id < $2 AND {Matches} ORDER BY id DESC LIMIT $7)) AS found
          ORDER BY id DESC LIMIT $7)
        ORDER BY id DESC
        """;
}
