using System.Text.Json;
using Rushes.Database.Rows;
using Rushes.Database.Sqlite.Writes;

namespace Rushes.Database.Sqlite;

public sealed partial class SqliteDatabase
{
    public Task<bool> TakeDutyAsync(string duty, DateTimeOffset until, CancellationToken cancel) => writer.Run(new TakeDuty(duty, until, cancel));

    public Task<int> PruneAsync(PruneRequest request, CancellationToken cancel) => writer.Run(new Prune(request, cancel));

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<long> jobs, CancellationToken cancel) => ReadAll(
        $"SELECT {FilesRow.Columns} FROM jobs WHERE id IN (SELECT value FROM json_each(?))",
        FilesRow.Read, select => select.Bind($"[{string.Join(',', jobs)}]"));

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<string> inputSets, CancellationToken cancel) => ReadAll(
        $"SELECT {FilesRow.Columns} FROM jobs WHERE input_set IS NOT NULL AND input_set IN (SELECT value FROM json_each(?))",
        FilesRow.Read, select => select.Bind(JsonSerializer.Serialize(inputSets, NamesJson.Default.IReadOnlyCollectionString)));
}

[System.Text.Json.Serialization.JsonSerializable(typeof(IReadOnlyCollection<string>))]
internal sealed partial class NamesJson : System.Text.Json.Serialization.JsonSerializerContext;
