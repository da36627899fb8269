using Rushes.Database.Rows;
using Rushes.Database.Sqlite.Writes;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

public sealed partial class SqliteDatabase
{
    public event Action<LanePause>? LaneChanged;

    public Task<JobPage> ReadJobsAsync(JobFilter filter, CancellationToken cancel) =>
        Task.FromResult(readers.Read(session => JobList.Read(session, filter)));

    public Task<IReadOnlyList<PastRun>> ReadPastRunsAsync(long job, CancellationToken cancel) => ReadAll(
        $"SELECT {RunRow.PastColumns} FROM past_runs WHERE job = ? ORDER BY fence", RunRow.ReadPast, select => select.Bind(job));

    public Task<MoveOutcome> MoveToFrontAsync(long id, string actor, CancellationToken cancel) => writer.Run(new MoveToFront(id, actor, cancel));

    public Task<bool> PauseLaneAsync(LanePause pause, string actor, CancellationToken cancel) => writer.Run(new PauseLane(pause, actor, cancel));

    public Task<IReadOnlyList<string>> ReadPausedLanesAsync(CancellationToken cancel) =>
        ReadAll("SELECT lane FROM paused_lanes ORDER BY lane", row => row.Text(0));
}
