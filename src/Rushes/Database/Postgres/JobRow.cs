using Npgsql;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>How a job lies in its table.</summary>
internal static class JobRow
{
    /// <summary>What <see cref="ReadJob"/> reads; the table is called <c>jobs</c>.</summary>
    public const string Columns = """
        jobs.id, account, model, jobs.lane, jobs.tier, jobs.priority, state, work, "binary", created_at, started_at, ended_at,
        attempts, interruptions, fence, worker, result_key, result_bytes, error_code, error_message, plan, input,
        dialect, echo, webhook_url, start_by, jobs.turn, price
        """;

    /// <summary>What <see cref="ReadChange"/> reads. The plan is left out of a heartbeat.</summary>
    public const string ChangeColumns = """
        jobs.id, jobs.account, model, lane, tier, priority, jobs.state, work, jobs.started_at, jobs.worker, jobs.done, jobs.total, jobs.stop,
        CASE WHEN jobs.state <> 1 THEN plan END, turn
        """;

    /// <summary>The column after those.</summary>
    public const int AfterChange = 15;

    /// <summary>Every job that is queued or running, with its plan: whoever reads this does not know the job yet.</summary>
    public const string SelectLive = $"SELECT {LiveColumns} FROM jobs WHERE state IN (0, 2) UNION ALL SELECT {LiveColumns} FROM jobs WHERE state = 1";

    private const string LiveColumns =
        "id, account, model, lane, tier, priority, state, work, started_at, worker, done, total, stop, plan, turn";

    public static Job ReadJob(NpgsqlDataReader row) => new()
    {
        Id = row.Long(0),
        Account = row.Int(1),
        Model = row.Text(2),
        Lane = row.Text(3),
        Tier = row.Int(4),
        Priority = row.Int(5),
        State = (JobState)row.Int(6),
        Work = row.Int(7),
        Binary = row.Bool(8),
        CreatedAt = row.Time(9),
        StartedAt = row.TimeOrNull(10),
        EndedAt = row.TimeOrNull(11),
        Attempts = row.Int(12),
        Interruptions = row.Int(13),
        Fence = row.Long(14),
        Worker = row.TextOrNull(15),
        ResultKey = row.TextOrNull(16),
        ResultBytes = row.Long(17),
        Error = row.IsDBNull(18) ? null : new JobError(row.Text(18), row.Text(19)),
        Plan = PlanText.Read(row.Text(20)),
        Input = row.Text(21),
        Dialect = row.Text(22),
        Echo = row.TextOrNull(23),
        WebhookUrl = row.TextOrNull(24),
        StartBy = row.TimeOrNull(25),
        Turn = row.Long(26),
        Price = row.Long(27),
    };

    public static JobChange ReadChange(NpgsqlDataReader row, DateTimeOffset at) => new()
    {
        Id = row.Long(0),
        Account = row.Int(1),
        Model = row.Text(2),
        Lane = row.Text(3),
        Tier = row.Int(4),
        Priority = row.Int(5),
        State = (JobState)row.Int(6),
        Work = row.Int(7),
        StartedAt = row.TimeOrNull(8) ?? default,
        Worker = row.TextOrNull(9),
        Progress = new Progress(row.Int(10), row.Int(11)),
        StopRequested = row.Bool(12),
        Render = row.TextOrNull(13) is { } plan ? PlanText.Read(plan).Render : null,
        Turn = row.Long(14),
        At = at,
    };
}
