using Rushes.Jobs;

namespace Rushes.Database.Shared;

/// <summary>Reads a job's row as a change.</summary>
internal static class ChangeRow
{
    private const string CommonColumns =
        "id, account, model, lane, tier, priority, state, work, started_at, worker, done, total, stop";

    public const string Columns = $"{CommonColumns}, plan, turn, draft, draft_key";

    /// <summary>The same columns for a heartbeat, which changes neither the render plan nor the draft.</summary>
    public const string HeartbeatColumns = $"{CommonColumns}, NULL, turn, NULL, NULL";

    /// <summary>The index of the first column after <see cref="Columns"/> or <see cref="HeartbeatColumns"/>.</summary>
    public const int Count = 17;

    /// <summary>Reads an unfinished job at the start, one of many; <see cref="JobChange.At"/> is in the next column.</summary>
    public static JobChange ReadLive(IRow row, RecurringValues values)
    {
        var state = (JobState)row.Int(6);
        // Most jobs are queued. Nothing else reads what is left out here.
        if (state == JobState.Running) return Read(row, row.Time(Count));
        return new JobChange
        {
            Id = row.Long(0),
            Account = row.Int(1),
            Model = values.Text(row.Bytes(2)),
            Lane = values.Text(row.Bytes(3)),
            Tier = row.Int(4),
            Priority = row.Int(5),
            State = state,
            Work = row.Int(7),
            Render = values.Render(row.Bytes(13)),
            Turn = row.Long(14),
            Draft = JobRow.ReadDraft(row, 15),
            At = row.Time(Count),
        };
    }

    /// <summary>Reads the change of an unfinished job.</summary>
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
