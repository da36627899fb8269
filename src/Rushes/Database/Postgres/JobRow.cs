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
        dialect, echo, webhook_url, start_by, jobs.turn, price, draft, draft_key, approve_by, input_set, trace
        """;

    /// <summary>Where a column after them is found.</summary>
    public const int ColumnCount = 33;

    /// <summary>What <see cref="ReadChange"/> reads. A heartbeat is told without the plan and the draft.</summary>
    public const string ChangeColumns = """
        jobs.id, jobs.account, model, lane, tier, priority, jobs.state, work, jobs.started_at, jobs.worker, jobs.done, jobs.total, jobs.stop,
        CASE WHEN jobs.state <> 1 THEN plan END, turn, CASE WHEN jobs.state <> 1 THEN draft END, draft_key
        """;

    /// <summary>The same, told with everything: for who does not know the job yet, or a change of its draft.</summary>
    public const string FullChangeColumns =
        "id, account, model, lane, tier, priority, state, work, started_at, worker, done, total, stop, plan, turn, draft, draft_key";

    /// <summary>Where a column after either is found.</summary>
    public const int ChangeColumnCount = 17;

    /// <summary>Every job that has not ended, and when it was created.</summary>
    public const string SelectLive = $"""
        SELECT {FullChangeColumns}, created_at FROM jobs WHERE state IN (0, 2)
        UNION ALL SELECT {FullChangeColumns}, created_at FROM jobs WHERE state = 1
        UNION ALL SELECT {FullChangeColumns}, created_at FROM jobs WHERE state = 6
        """;

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
        Draft = ReadDraft(row, 28),
        ApproveBy = row.TimeOrNull(30),
        InputSet = row.TextOrNull(31),
        Trace = row.TextOrNull(32),
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
        Draft = row.IsDBNull(15) ? null : ReadDraft(row, 15),
        At = at,
    };

    private static JobDraft ReadDraft(NpgsqlDataReader row, int column) => (DraftState)row.Int(column) switch
    {
        DraftState.None => JobDraft.None,
        DraftState.Made => new JobDraft(DraftState.Made, row.Text(column + 1)),
        var state => new JobDraft(state),
    };
}
