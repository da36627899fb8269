using Rushes.Jobs;

namespace Rushes.Database.Shared;

/// <param name="jobs">The table of ended jobs, and the condition that selects them with the account's index.</param>
/// <param name="day">The number of days from 1970 to the end of a job.</param>
/// <param name="took">The milliseconds of its last run.</param>
internal sealed class UsageReader(IReader reader, (string Table, string Condition) jobs, string day, string took) : IUsage
{
    private readonly string report = $"""
        SELECT {day}, model, CAST(sum({Count(JobState.Completed)}) AS bigint), CAST(sum({Count(JobState.Failed)}) AS bigint),
          CAST(sum({Count(JobState.Cancelled)}) AS bigint), CAST(coalesce(sum({took}), 0) AS bigint),
          CAST(sum(CASE WHEN state = {StateNumbers.Completed} THEN price ELSE 0 END) AS bigint)
        FROM (
          SELECT state, model, started_at, ended_at, price FROM {jobs.Table}
          WHERE {jobs.Condition} AND account = $1 ORDER BY id DESC LIMIT {IUsage.MaxJobs}) AS newest
        WHERE ended_at >= $2 AND ended_at < $3 GROUP BY 1, 2 ORDER BY 1, 2
        """;

    private readonly string further = $"""
        SELECT id FROM {jobs.Table} WHERE {jobs.Condition} AND account = $1 ORDER BY id DESC LIMIT 1 OFFSET {IUsage.MaxJobs}
        """;

    public async Task<UsageReport> ReadUsageAsync(
        int account, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel)
    {
        var rows = await reader.ReadAllAsync(report, [account, from, until], Read, cancel);
        return new UsageReport(rows, await reader.ReadAllAsync(further, [account], row => row.Long(0), cancel) is []);
    }

    private static UsageRow Read(IRow row) => new(
        DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)row.Long(0)), row.Text(1), (int)row.Long(2), (int)row.Long(3),
        (int)row.Long(4), TimeSpan.FromMilliseconds(row.Long(5)), row.Long(6));

    private static string Count(JobState state) => $"CASE WHEN state = {(int)state} THEN 1 ELSE 0 END";
}
