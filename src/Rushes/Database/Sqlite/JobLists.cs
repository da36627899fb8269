using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>
/// Lists jobs from the newest on. The jobs of one account are found with its index; all jobs by id. There is no further
/// index, because each one would slow down creating jobs.
/// </summary>
internal sealed class JobLists(GroupCommit writer, ReaderPool readers) : IJobLists
{
    private static readonly string SelectFirstSince = ListWindow.FirstSince("jobs", "created_at");

    private const string Matches = """
        (?3 = 0 OR (?3 >> state) & 1) AND (?4 IS NULL OR model = ?4)
        AND (?5 IS NULL OR created_at >= ?5) AND (?6 IS NULL OR created_at < ?6)
        """;

    public Task<JobPage> ReadJobsAsync(JobFilter filter, CancellationToken cancel) =>
        Task.FromResult(readers.Read(session => Read(session, filter)));

    public Task<IReadOnlyList<PastRun>> ReadPastRunsAsync(long job, CancellationToken cancel) =>
        readers.ReadAllAsync(Statements.ReadPastRuns, RunRow.ReadPast, select => select.Bind(job));

    public Task<IReadOnlyList<FinishedRun>> ReadRecentRunsAsync(int limit, CancellationToken cancel) => readers.ReadAllAsync(
        $"""
        SELECT {RunRow.FinishedColumns} FROM jobs INDEXED BY jobs_ended
        WHERE ended_at IS NOT NULL AND state = {StateNumbers.Completed} ORDER BY ended_at DESC, id DESC LIMIT ?
        """,
        RunRow.ReadFinished, select => select.Bind(limit));

    public Task<bool> PauseLaneAsync(LanePause pause, string actor, CancellationToken cancel) => writer.Run(transaction =>
    {
        using var change = transaction.Prepare(pause.Paused ? Statements.PauseLane : Statements.ResumeLane);
        if (!change.Bind(pause.Lane).Step()) return false;
        transaction.Changes.Lanes.Add(pause);
        transaction.Append(AuditTexts.LanePaused(actor, pause));
        return true;
    }, cancel);

    public Task<IReadOnlyList<string>> ReadPausedLanesAsync(CancellationToken cancel) =>
        readers.ReadAllAsync(Statements.ReadPausedLanes, row => row.Text(0));

    private static JobPage Read(SqliteSession session, JobFilter filter)
    {
        // Ids from first up to before. Old jobs may have been deleted; skip their ids.
        var (oldest, newest) = Ends(session);
        var first = filter.From is { } from ? FirstSince(session, from - ListWindow.Slack) : oldest;
        var before = filter.Until is { } until ? FirstSince(session, until + ListWindow.Slack) : newest + 1;
        if (filter.Before < before) before = filter.Before.Value;
        if (filter.After >= first) first = filter.After.Value + 1;

        var jobs = new List<Job>();
        var reached = filter.Account is { } account
            ? LookThroughAccount(session, filter, account, first, before, jobs)
            : LookThroughAll(session, filter, first, before, jobs);
        return new JobPage(jobs, (filter.OldestFirst ? reached < before - 1 : reached > first) ? reached : null);
    }

    /// <returns>The last id that was examined.</returns>
    private static long LookThroughAll(SqliteSession session, JobFilter filter, long first, long before, List<Job> jobs)
    {
        if (filter.OldestFirst) before = Math.Min(before, first + ListWindow.OfAll);
        else first = Math.Max(first, before - ListWindow.OfAll);
        using var select = session.Prepare($"""
            SELECT {JobRow.ListedColumns} FROM jobs WHERE id >= ?1 AND id < ?2 AND {Matches} ORDER BY id {Order(filter)} LIMIT ?7
            """);
        jobs.AddRange(BindFilter(select.Bind(first).Bind(before), filter).Bind(filter.Limit).ReadAll(JobRow.ReadListed));
        return jobs.Count == filter.Limit ? jobs[^1].Id : End(filter, first, before);
    }

    private static string Order(JobFilter filter) => filter.OldestFirst ? "ASC" : "DESC";

    /// <summary>The last id in the filter's order.</summary>
    private static long End(JobFilter filter, long first, long before) => filter.OldestFirst ? before - 1 : first;

    private static long LookThroughAccount(
        SqliteSession session, JobFilter filter, int account, long first, long before, List<Job> jobs)
    {
        var ids = IdsOf(session, account, first, before, Order(filter));
        using var select = session.Prepare(
            $"SELECT {JobRow.ListedColumns} FROM jobs WHERE id = ?1 AND account = ?2 AND {Matches}");
        foreach (var id in ids)
        {
            BindFilter(select.Bind(id).Bind(account), filter);
            if (select.Step()) jobs.Add(JobRow.ReadListed(select));
            select.Dispose();
            if (jobs.Count == filter.Limit) return id;
        }

        return ids.Count == ListWindow.OfAccount ? ids[^1] : End(filter, first, before);
    }

    private static List<long> IdsOf(SqliteSession session, int account, long first, long before, string order)
    {
        using var select = session.Prepare($"""
            SELECT id FROM (
              SELECT id FROM jobs INDEXED BY jobs_aside
              WHERE state >= {StateNumbers.Completed} AND account = ?1 AND id >= ?2 AND id < ?3 ORDER BY id {order} LIMIT ?4)
            UNION ALL SELECT id FROM jobs INDEXED BY jobs_queued
              WHERE state IN {StateNumbers.Queued} AND account = ?1 AND id >= ?2 AND id < ?3
            UNION ALL SELECT id FROM jobs INDEXED BY jobs_running
              WHERE state = {StateNumbers.Running} AND account = ?1 AND id >= ?2 AND id < ?3
            ORDER BY 1 {order} LIMIT ?4
            """);
        return select.Bind(account).Bind(first).Bind(before).Bind(ListWindow.OfAccount).ReadAll(row => row.Long(0));
    }

    private static Statement BindFilter(Statement select, JobFilter filter) => select
        .Bind(filter.States.Aggregate(0L, (mask, state) => mask | (1L << (int)state)))
        .Bind(filter.Model).Bind(filter.From).Bind(filter.Until);

    /// <summary>The range of ids; 1 and 0 without jobs.</summary>
    private static (long Oldest, long Newest) Ends(SqliteSession session)
    {
        // Two lookups; a single query for both would scan the table.
        using var select = session.Prepare(
            "SELECT coalesce((SELECT min(id) FROM jobs), 1), coalesce((SELECT max(id) FROM jobs), 0)");
        select.Step();
        return (select.Long(0), select.Long(1));
    }

    private static long FirstSince(SqliteSession session, DateTimeOffset time)
    {
        using var select = session.Prepare(SelectFirstSince);
        select.Bind(time).Step();
        return select.Long(0);
    }
}
