using Rushes.Jobs;

namespace Rushes.Database.Shared;

internal static class JobRow
{
    public const string Columns = $"{First}, input, dialect, echo, {Last}";

    /// <summary>For <see cref="ReadListed"/>: requests can be large, so only the start of one is read.</summary>
    public const string ListedColumns =
        $"{First}, substr(input, 1, {ListedInput.Start}), dialect, CASE WHEN length(echo) <= 1000 THEN echo END, {Last}";

    private const string First = """
        id, account, model, lane, tier, priority, state, work, "binary", created_at, started_at, ended_at,
        attempts, interruptions, fence, worker, result_key, result_bytes, error_code, error_message, plan
        """;

    private const string Last = """
        webhook_url, start_by, turn, price, draft, draft_key, approve_by, input_set, trace, lease_until, done, total, stop,
        deadline, webhook_events
        """;

    private const int Input = 21;

    /// <summary>The index of the first column after <see cref="Columns"/>.</summary>
    public const int Count = 39;

    public static Job Read(IRow row) => Read(row, row.Text(Input));

    /// <summary>A job for a list, see <see cref="JobPage"/>.</summary>
    public static Job ReadListed(IRow row) => Read(row, ListedInput.Of(row.Bytes(Input)));

    private static Job Read(IRow row, string input) => new()
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
        Input = input,
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
        LeaseUntil = row.TimeOrNull(33),
        Progress = new Progress(row.Int(34), row.Int(35)),
        StopRequested = row.Bool(36),
        Deadline = row.TimeOrNull(37),
        WebhookEvents = (WebhookEvents)row.Int(38),
    };

    /// <param name="column">The index of the draft's state; its key is in the next column.</param>
    public static JobDraft ReadDraft(IRow row, int column) => (DraftState)row.Int(column) switch
    {
        DraftState.None => JobDraft.None,
        DraftState.Made => new JobDraft(DraftState.Made, row.Text(column + 1)),
        var state => new JobDraft(state),
    };
}
