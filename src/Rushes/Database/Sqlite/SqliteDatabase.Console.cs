using Rushes.Database.Sqlite.Writes;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

public sealed partial class SqliteDatabase
{
    public event Action<LanePause>? LaneChanged;

    public Task<JobPage> ReadJobsAsync(JobFilter filter, CancellationToken cancel) =>
        Task.FromResult(readers.Read(session => JobList.Read(session, filter)));

    public Task<IReadOnlyList<PastRun>> ReadPastRunsAsync(long job, CancellationToken cancel) => ReadAll(
        "SELECT fence, worker, started_at, ended_at, error_code, error_message FROM past_runs WHERE job = ? ORDER BY fence",
        row => new PastRun(row.Long(0), row.Text(1), row.Time(2), row.Time(3), row.IsNull(4) ? null : new JobError(row.Text(4), row.Text(5))),
        select => select.Bind(job));

    public Task<MoveOutcome> MoveToFrontAsync(long id, string actor, CancellationToken cancel) => writer.Run(new MoveToFront(id, actor, cancel));

    public Task<bool> PauseLaneAsync(LanePause pause, string actor, CancellationToken cancel) => writer.Run(new PauseLane(pause, actor, cancel));

    public Task<IReadOnlyList<string>> ReadPausedLanesAsync(CancellationToken cancel) =>
        ReadAll("SELECT lane FROM paused_lanes ORDER BY lane", row => row.Text(0));
}
