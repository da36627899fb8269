using Rushes.Jobs;

namespace Rushes.Database.Shared;

/// <summary>What is told of a job that changed, as its row has it.</summary>
internal static class ChangeRow
{
    public const string Columns =
        "id, account, model, lane, tier, priority, state, work, started_at, worker, done, total, stop, plan, turn, draft, draft_key";

    /// <summary>Where a column after them is found.</summary>
    public const int Count = 17;

    /// <summary>As of a live job.</summary>
    public static JobChange Read(IRow row, DateTimeOffset at) => new()
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
        Render = row.IsNull(13) ? null : PlanText.Read(row.Bytes(13)).Render,
        Turn = row.Long(14),
        Draft = row.IsNull(15) ? null : JobRow.ReadDraft(row, 15),
        At = at,
    };
}
