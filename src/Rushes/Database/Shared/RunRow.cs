using Rushes.Jobs;

namespace Rushes.Database.Shared;

/// <summary>How runs lie in their tables: a job's last one in the job's row, those before it in one of their own.</summary>
internal static class RunRow
{
    public const string PastColumns = "fence, worker, started_at, ended_at, error_code, error_message";

    /// <summary>Of a job whose last run gave a video.</summary>
    public const string FinishedColumns = "model, lane, plan, work, started_at, ended_at";

    public static PastRun ReadPast(IRow row) => new(
        row.Long(0), row.Text(1), row.Time(2), row.Time(3), row.IsNull(4) ? null : new JobError(row.Text(4), row.Text(5)));

    public static FinishedRun ReadFinished(IRow row) => new(
        row.Text(0), row.Text(1), PlanText.Read(row.Bytes(2)).Render, row.Int(3), row.Time(5) - row.Time(4));
}
