using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// Lists jobs from the newest on. The jobs of one account are found with its index; all jobs by id. There is no further
/// index, because each one would slow down creating jobs.
/// </summary>
internal sealed class JobLists(GroupCommit writer, PostgresServer server) : IJobLists
{
    private static readonly string FirstSince = ListWindow.FirstSince("jobs", "created_at");

    private const string Matches = """
        (cardinality($3::smallint[]) = 0 OR state = ANY ($3)) AND ($4::text IS NULL OR model = $4)
        AND ($5::timestamptz IS NULL OR created_at >= $5) AND ($6::timestamptz IS NULL OR created_at < $6)
        """;

    private const string OfAccount = "account = $1 AND id >= $2 AND id < $3";

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
        var (first, before) = await RangeAsync(session, filter);
        var jobs = filter.Account is { } account
            ? await ReadOfAccountAsync(session, filter, account, first, before)
            : await ReadOfAllAsync(session, filter, first, before);
        return jobs with { Next = (filter.OldestFirst ? jobs.Next < before - 1 : jobs.Next > first) ? jobs.Next : null };
    }

    /// <summary>Ids from first up to before. Old jobs may have been deleted; skip their ids.</summary>
    private static async Task<(long First, long Before)> RangeAsync(Session session, JobFilter filter)
    {
        var ends = new Query<(long Oldest, long Newest)>(
            "SELECT coalesce((SELECT min(id) FROM jobs), 1), coalesce((SELECT max(id) FROM jobs), 0)", [],
            row => (row.Long(0), row.Long(1)));
        var (from, until) = (Since(filter.From - ListWindow.Slack), Since(filter.Until + ListWindow.Slack));
        await session.RunAsync([ends, .. new[] { from, until }.OfType<Statement>()]);
        var (oldest, newest) = ends.Rows[0];
        return (
            Math.Max(from?.Rows[0] ?? oldest, (filter.After ?? 0) + 1),
            Math.Min(until?.Rows[0] ?? newest + 1, filter.Before ?? long.MaxValue));

        static Query<long>? Since(DateTimeOffset? time) =>
            time is null ? null : new Query<long>(FirstSince, [time], row => row.Long(0));
    }

    /// <summary>A page whose next one begins at the last id that was examined.</summary>
    private static async Task<JobPage> ReadOfAllAsync(Session session, JobFilter filter, long first, long before)
    {
        if (filter.OldestFirst) before = Math.Min(before, first + ListWindow.OfAll);
        else first = Math.Max(first, before - ListWindow.OfAll);
        var jobs = await session.ReadAsync(
            $"""
            SELECT {JobRow.ListedColumns} FROM jobs WHERE id >= $1 AND id < $2 AND {Matches}
            ORDER BY id {Order(filter)} LIMIT $7
            """,
            [first, before, .. Values(filter)], JobRow.ReadListed);
        return new JobPage(jobs, jobs.Count == filter.Limit ? jobs[^1].Id : End(filter, first, before));
    }

    /// <inheritdoc cref="ReadOfAllAsync"/>
    private static async Task<JobPage> ReadOfAccountAsync(
        Session session, JobFilter filter, int account, long first, long before)
    {
        // Without conditions every job is one of the page.
        var window = filter is { States.Count: 0, Model: null, From: null, Until: null } ? filter.Limit : ListWindow.OfAccount;
        var ids = await session.ReadAsync(IdsOf(Order(filter)), [account, first, before, window], row => row.Long(0));
        var jobs = ids.Count == 0 ? [] : await session.ReadAsync(
            $"""
            SELECT {JobRow.ListedColumns} FROM jobs WHERE id = ANY ($1) AND account = $2 AND {Matches}
            ORDER BY id {Order(filter)} LIMIT $7
            """,
            [ids.ToArray(), account, .. Values(filter)], JobRow.ReadListed);
        var reached = jobs.Count == filter.Limit ? jobs[^1].Id : ids.Count == window ? ids[^1] : End(filter, first, before);
        return new JobPage(jobs, reached);
    }

    // Unfinished jobs by "id + 0": by id, PostgreSQL would look for these few among all jobs.
    private static string IdsOf(string order) => $"""
        SELECT id FROM (
          (SELECT id FROM jobs WHERE state IN {StateNumbers.Aside} AND {OfAccount} ORDER BY id {order} LIMIT $4)
          UNION ALL (SELECT id FROM jobs WHERE state IN {StateNumbers.Queued} AND {OfAccount} ORDER BY id + 0 {order} LIMIT $4)
          UNION ALL (SELECT id FROM jobs WHERE state = {StateNumbers.Running} AND {OfAccount} ORDER BY id + 0 {order} LIMIT $4)
        ) AS found
        ORDER BY id {order} LIMIT $4
        """;

    private static string Order(JobFilter filter) => filter.OldestFirst ? "ASC" : "DESC";

    /// <summary>The last id in the filter's order.</summary>
    private static long End(JobFilter filter, long first, long before) => filter.OldestFirst ? before - 1 : first;

    private static object?[] Values(JobFilter filter) =>
        [filter.States.Select(state => (short)state).ToArray(), filter.Model, filter.From, filter.Until, filter.Limit];
}
