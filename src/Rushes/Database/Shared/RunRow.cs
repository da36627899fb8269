using Rushes.Jobs;

namespace Rushes.Database.Shared;

/// <summary>Runs: a job's last one is in the job's row, earlier ones are in the table of past runs.</summary>
internal static class RunRow
{
    public const string PastColumns = "fence, worker, started_at, ended_at, error_code, error_message";

    /// <summary>The last run of a completed job.</summary>
    public const string FinishedColumns = "model, lane, plan, work, started_at, ended_at";

    public static PastRun ReadPast(IRow row) => new(
        row.Long(0), row.Text(1), row.Time(2), row.Time(3), row.IsNull(4) ? null : new JobError(row.Text(4), row.Text(5)));

    public static FinishedRun ReadFinished(IRow row) => new(
        row.Text(0), row.Text(1), PlanText.Read(row.Bytes(2)).Render, row.Int(3), row.Time(5) - row.Time(4));
}
