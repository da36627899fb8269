using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>How a job lies in its table.</summary>
internal static class JobRow
{
    /// <summary>What <see cref="ReadJob"/> reads.</summary>
    public const string Columns = """
        id, account, model, lane, tier, priority, state, work, "binary", created_at, started_at, ended_at,
        attempts, interruptions, fence, worker, result_key, result_bytes, error_code, error_message, plan, input,
        dialect, echo, webhook_url, start_by, turn, price, draft, draft_key, approve_by, input_set, trace
        """;

    /// <summary>Where a column after them is found.</summary>
    public const int ColumnCount = 33;

    /// <summary>What <see cref="ReadChange"/> reads, and after it what the outbox and the ledger need when the job ended.</summary>
    public const string ChangeColumns =
        "id, account, model, lane, tier, priority, state, work, started_at, worker, done, total, stop, plan, dialect, webhook_url, turn, price, draft, draft_key";

    /// <summary>Where a column after them is found.</summary>
    public const int ChangeColumnCount = 20;

    public const int DialectInChange = 14;
    public const int WebhookUrlInChange = 15;
    public const int PriceInChange = 17;

    public static Job ReadJob(Statement row) => new()
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
        Error = row.IsNull(18) ? null : new JobError(row.Text(18), row.Text(19)),
        Plan = PlanText.Read(row.Bytes(20)),
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

    public static JobChange ReadChange(Statement row, DateTimeOffset at) => new()
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
        Render = PlanText.Read(row.Bytes(13)).Render,
        Turn = row.Long(16),
        Draft = ReadDraft(row, 18),
        At = at,
    };

    private static JobDraft ReadDraft(Statement row, int column) => (DraftState)row.Int(column) switch
    {
        DraftState.None => JobDraft.None,
        DraftState.Made => new JobDraft(DraftState.Made, row.Text(column + 1)),
        var state => new JobDraft(state),
    };
}
