using Rushes.Database.Postgres.Writes;
using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

public sealed partial class PostgresDatabase
{
    public event Action<LanePause>? LaneChanged;

    public Task<JobPage> ReadJobsAsync(JobFilter filter, CancellationToken cancel) => server.ReadAsync(session => JobList.ReadAsync(session, filter), cancel);

    public Task<IReadOnlyList<PastRun>> ReadPastRunsAsync(long job, CancellationToken cancel) => ReadAll(
        $"SELECT {RunRow.PastColumns} FROM past_runs WHERE job = $1 ORDER BY fence", [job], RunRow.ReadPast, cancel);

    public Task<MoveOutcome> MoveToFrontAsync(long id, string actor, CancellationToken cancel) => writer.Run(new MoveToFront(id, actor, cancel));

    public Task<bool> PauseLaneAsync(LanePause pause, string actor, CancellationToken cancel) => writer.Run(new PauseLane(pause, actor, cancel));

    public async Task<IReadOnlyList<string>> ReadPausedLanesAsync(CancellationToken cancel) => await server.ReadAsync(Feed.ReadPausedAsync, cancel);
}
