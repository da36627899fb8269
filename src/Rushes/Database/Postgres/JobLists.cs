using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// Lists jobs from the newest on. The jobs of one account are found with its index; all jobs by id. There is no further
/// index, because each one would slow down creating jobs.
/// </summary>
internal sealed class JobLists(GroupCommit writer, PostgresServer server) : IJobLists
{
    /// <summary>The maximum number of ids that one page examines.</summary>
    private const int Window = 50_000;

    private const string Matches = """
        (cardinality($3::smallint[]) = 0 OR state = ANY ($3)) AND ($4::text IS NULL OR model = $4)
        AND ($5::timestamptz IS NULL OR created_at >= $5) AND ($6::timestamptz IS NULL OR created_at < $6)
        """;

    private const string OfPage = $"account = $8 AND id >= $1 AND id < $2 AND {Matches}";

    public Task<JobPage> ReadJobsAsync(JobFilter filter, CancellationToken cancel) =>
        server.ReadAsync(session => ReadAsync(session, filter), cancel);

    public Task<IReadOnlyList<PastRun>> ReadPastRunsAsync(long job, CancellationToken cancel) =>
        server.ReadAllAsync(Statements.ReadPastRuns, [job], RunRow.ReadPast, cancel);

    public Task<IReadOnlyList<FinishedRun>> ReadRecentRunsAsync(int limit, CancellationToken cancel) => server.ReadAllAsync(
        $"""
        SELECT {RunRow.FinishedColumns} FROM jobs
        WHERE ended_at IS NOT NULL AND state = {StateNumbers.Completed} ORDER BY ended_at DESC, id DESC LIMIT $1
        """,
        [limit], RunRow.ReadFinished, cancel);

    public Task<bool> PauseLaneAsync(LanePause pause, string actor, CancellationToken cancel) => writer.Run(async transaction =>
    {
        if (await transaction.RunAsync(pause.Paused ? Statements.PauseLane : Statements.ResumeLane, pause.Lane) == 0)
            return false;
        transaction.Changes.Lanes.Add(pause);
        await AuditLog.AppendAsync(transaction, AuditTexts.LanePaused(actor, pause));
        return true;
    }, cancel);

    public Task<IReadOnlyList<string>> ReadPausedLanesAsync(CancellationToken cancel) =>
        server.ReadAllAsync(Statements.ReadPausedLanes, [], row => row.Text(0), cancel);

    private static async Task<JobPage> ReadAsync(Session session, JobFilter filter)
    {
        // Old jobs may have been deleted; skip their ids.
        var (oldest, newest) = (await session.ReadAsync(
            "SELECT coalesce((SELECT min(id) FROM jobs), 1), coalesce((SELECT max(id) FROM jobs), 0)", [],
            row => (row.Long(0), row.Long(1))))[0];
        var before = Math.Min(filter.Before ?? long.MaxValue, newest + 1);
        var first = Math.Max(oldest, (filter.After ?? 0) + 1);
        // The jobs of all accounts are read a window at a time, those of one account without one.
        var (from, to) = filter switch
        {
            { Account: not null } => (first, before),
            { OldestFirst: true } => (first, Math.Min(before, first + Window)),
            _ => (Math.Max(first, before - Window), before),
        };
        object?[] values =
        [
            from, to, filter.States.Select(state => (short)state).ToArray(), filter.Model, filter.From, filter.Until,
            filter.Limit,
            filter.Account,
        ];
        var order = filter.OldestFirst ? "ASC" : "DESC";
        var jobs = await session.ReadAsync(
            filter.Account is null ? All(order) : OfAccount(order), filter.Account is null ? values[..7] : values,
            JobRow.ReadListed);

        var reached = jobs.Count == filter.Limit ? jobs[^1].Id : filter.OldestFirst ? to - 1 : from;
        return new JobPage(jobs, (filter.OldestFirst ? reached < before - 1 : reached > first) ? reached : null);
    }

    private static string All(string order) => $"""
        SELECT {JobRow.ListedColumns} FROM jobs WHERE id >= $1 AND id < $2 AND {Matches} ORDER BY id {order} LIMIT $7
        """;

    private static string OfAccount(string order) => $"""
        SELECT {JobRow.ListedColumns} FROM jobs WHERE id IN (
          SELECT id FROM (
            (SELECT id FROM jobs WHERE state IN {StateNumbers.Aside} AND {OfPage} ORDER BY id {order} LIMIT $7)
            UNION ALL (SELECT id FROM jobs WHERE state IN {StateNumbers.Queued} AND {OfPage} ORDER BY id {order} LIMIT $7)
            UNION ALL (SELECT id FROM jobs WHERE state = {StateNumbers.Running} AND {OfPage} ORDER BY id {order} LIMIT $7)
          ) AS found
          ORDER BY id {order} LIMIT $7)
        ORDER BY id {order}
        """;
}
