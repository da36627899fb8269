using System.Text.Json;
using System.Text.Json.Serialization;
using Rushes.Database.Shared;

namespace Rushes.Database.Sqlite;

internal sealed class RetentionStore(GroupCommit writer, ReaderPool readers) : IRetentionStore
{
    public Task<bool> TakeDutyAsync(string duty, DateTimeOffset until, CancellationToken cancel) => writer.Run(transaction =>
    {
        using var upsert = transaction.Prepare(Statements.TakeDuty);
        return upsert.Bind(duty).Bind(until).Bind(transaction.Now).Step();
    }, cancel, single: true);

    /// <summary>Foreign keys delete everything that belongs to a job.</summary>
    public Task<int> PruneAsync(PruneRequest request, CancellationToken cancel) => writer.Run(transaction =>
    {
        return Remove(request.Keys, """
            DELETE FROM idempotency_keys INDEXED BY idempotency_keys_job
            WHERE job IN (SELECT job FROM idempotency_keys INDEXED BY idempotency_keys_job ORDER BY job LIMIT ?2)
              AND created_at <= ?1
            RETURNING 1
            """) + Remove(request.Deliveries, """
            DELETE FROM deliveries WHERE id IN (
              SELECT id FROM deliveries INDEXED BY deliveries_ended WHERE ended_at <= ?1 ORDER BY ended_at LIMIT ?2)
            RETURNING 1
            """) + RemoveJobs();

        int RemoveJobs()
        {
            if (request.Jobs is null) return 0;
            using var delete = transaction.Prepare($"""
                DELETE FROM jobs WHERE id IN (
                  SELECT id FROM jobs INDEXED BY jobs_ended
                  WHERE ended_at <= ?1
                    AND NOT EXISTS (SELECT 1 FROM deliveries WHERE job = jobs.id
                      AND deliveries.state = {StateNumbers.DeliveryPending})
                  ORDER BY ended_at LIMIT ?2)
                RETURNING {StoredRequest.Columns}
                """);
            return StoredRequest.Uncount(transaction, delete.Bind(request.Jobs).Bind(request.Limit));
        }

        int Remove(DateTimeOffset? before, string sql)
        {
            if (before is null) return 0;
            using var delete = transaction.Prepare(sql);
            return delete.Bind(before).Bind(request.Limit).ReadAll(row => 1).Count;
        }
    }, cancel);

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(
        IReadOnlyCollection<long> jobs, CancellationToken cancel) => readers.ReadAllAsync(
        $"SELECT {FilesRow.Columns} FROM jobs WHERE id IN (SELECT value FROM json_each(?))",
        FilesRow.Read, select => select.Bind($"[{string.Join(',', jobs)}]"));

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(
        IReadOnlyCollection<string> inputSets, CancellationToken cancel) => readers.ReadAllAsync(
        $"SELECT {FilesRow.Columns} FROM jobs WHERE input_set IS NOT NULL AND input_set IN (SELECT value FROM json_each(?))",
        FilesRow.Read, select => select.Bind(JsonSerializer.Serialize(inputSets, NamesJson.Default.IReadOnlyCollectionString)));
}

[JsonSerializable(typeof(IReadOnlyCollection<string>))]
internal sealed partial class NamesJson : JsonSerializerContext;
