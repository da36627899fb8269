using Npgsql;
using Rushes.Database.Postgres.Writes;

namespace Rushes.Database.Postgres;

public sealed partial class PostgresDatabase
{
    private const string FileColumns = "id, input_set, result_key, draft_key, ended_at";

    public Task<bool> TakeDutyAsync(string duty, DateTimeOffset until, CancellationToken cancel) => writer.Run(new TakeDuty(duty, until, cancel));

    public Task<int> PruneAsync(PruneRequest request, CancellationToken cancel) => writer.Run(new Prune(request, cancel));

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<long> jobs, CancellationToken cancel) =>
        ReadAll($"SELECT {FileColumns} FROM jobs WHERE id = ANY ($1)", [jobs.ToArray()], ReadFiles, cancel);

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<string> inputSets, CancellationToken cancel) =>
        ReadAll($"SELECT {FileColumns} FROM jobs WHERE input_set = ANY ($1)", [inputSets.ToArray()], ReadFiles, cancel);

    private static JobFiles ReadFiles(NpgsqlDataReader row) => new(row.Long(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.TimeOrNull(4));
}
