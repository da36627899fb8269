using Rushes.Database.Shared;

namespace Rushes.Database.Postgres;

internal sealed class RetentionStore(GroupCommit writer, PostgresServer server) : IRetentionStore
{
    public Task<bool> TakeDutyAsync(string duty, DateTimeOffset until, CancellationToken cancel) => writer.Run(
        async transaction => await transaction.RunAsync(Statements.TakeDuty, duty, until, transaction.Now) > 0, cancel);

    /// <summary>
    /// Foreign keys delete everything that belongs to a job. The rows are arrays, because PostgreSQL would expect a tenth of a
    /// table of a subquery, and read all of its rows to compare them.
    /// </summary>
    public Task<int> PruneAsync(PruneRequest request, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var statements = new List<Statement>();
        Remove(request.Keys, """
            DELETE FROM idempotency_keys
            WHERE ctid = ANY (ARRAY(SELECT ctid FROM idempotency_keys ORDER BY job LIMIT $2)) AND created_at <= $1
            """);
        Remove(request.Deliveries, """
            DELETE FROM deliveries
            WHERE id = ANY (ARRAY(SELECT id FROM deliveries WHERE ended_at <= $1 ORDER BY ended_at LIMIT $2))
            """);
        // By the end of deliveries and with OFFSET 0, because PostgreSQL would compare each job with all deliveries, or with all
        // that are pending: they have an index.
        Remove(request.Jobs, """
            DELETE FROM jobs WHERE id = ANY (ARRAY(
              SELECT id FROM jobs
              WHERE ended_at <= $1
                AND NOT EXISTS (SELECT FROM deliveries WHERE deliveries.job = jobs.id AND deliveries.ended_at IS NULL OFFSET 0)
              ORDER BY ended_at LIMIT $2))
            """);
        await transaction.RunAsync([.. statements]);
        return statements.Sum(statement => statement.Changed);

        void Remove(DateTimeOffset? before, string sql)
        {
            if (before is not null) statements.Add(new Statement(sql, before, request.Limit));
        }
    }, cancel);

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<long> jobs, CancellationToken cancel) =>
        server.ReadAllAsync($"SELECT {FilesRow.Columns} FROM jobs WHERE id = ANY ($1)", [jobs.ToArray()], FilesRow.Read, cancel);

    public Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<string> inputSets, CancellationToken cancel) =>
        server.ReadAllAsync(
            $"SELECT {FilesRow.Columns} FROM jobs WHERE input_set = ANY ($1)", [inputSets.ToArray()], FilesRow.Read, cancel);
}
