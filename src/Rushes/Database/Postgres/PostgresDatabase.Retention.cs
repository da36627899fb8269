using Rushes.Database.Postgres.Writes;
using Rushes.Database.Rows;

namespace Rushes.Database.Postgres;

public sealed partial class PostgresDatabase
{
    public Task<bool> TakeDutyAsync(string duty, DateTimeOffset until, CancellationToken cancel) => writer.Run(new TakeDuty(duty, until, cancel));

    public Task<int> PruneAsync(PruneRequest request, CancellationToken cancel) => writer.Run(new Prune(request, cancel));

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<long> jobs, CancellationToken cancel) =>
        ReadAll($"SELECT {FilesRow.Columns} FROM jobs WHERE id = ANY ($1)", [jobs.ToArray()], FilesRow.Read, cancel);

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<string> inputSets, CancellationToken cancel) =>
        ReadAll($"SELECT {FilesRow.Columns} FROM jobs WHERE input_set = ANY ($1)", [inputSets.ToArray()], FilesRow.Read, cancel);
}
