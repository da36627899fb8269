using System.Text.Json;
using Rushes.Database.Sqlite.Writes;

namespace Rushes.Database.Sqlite;

public sealed partial class SqliteDatabase
{
    public Task<bool> TakeDutyAsync(string duty, DateTimeOffset until, CancellationToken cancel) => writer.Run(new TakeDuty(duty, until, cancel));

    public Task<int> PruneAsync(PruneRequest request, CancellationToken cancel) => writer.Run(new Prune(request, cancel));

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<long> jobs, CancellationToken cancel) => ReadFiles(
        """
        SELECT id, input_set, result_key, draft_key, ended_at FROM jobs WHERE id IN (SELECT value FROM json_each(?))
        """,
        $"[{string.Join(',', jobs)}]");

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<string> inputSets, CancellationToken cancel) => ReadFiles(
        """
        SELECT id, input_set, result_key, draft_key, ended_at FROM jobs
        WHERE input_set IS NOT NULL AND input_set IN (SELECT value FROM json_each(?))
        """,
        JsonSerializer.Serialize(inputSets, NamesJson.Default.IReadOnlyCollectionString));

    private Task<IReadOnlyList<JobFiles>> ReadFiles(string sql, string list) => Task.FromResult<IReadOnlyList<JobFiles>>(readers.Read(session =>
    {
        using var select = session.Prepare(sql);
        select.Bind(list);
        var found = new List<JobFiles>();
        while (select.Step())
            found.Add(new JobFiles(select.Long(0), select.TextOrNull(1), select.TextOrNull(2), select.TextOrNull(3), select.TimeOrNull(4)));
        return found;
    }));
}

[System.Text.Json.Serialization.JsonSerializable(typeof(IReadOnlyCollection<string>))]
internal sealed partial class NamesJson : System.Text.Json.Serialization.JsonSerializerContext;
