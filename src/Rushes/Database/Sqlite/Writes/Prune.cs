namespace Rushes.Database.Sqlite.Writes;

/// <summary>Removes a batch of what is too old. What hangs on a job goes with it, by the tables' own rules.</summary>
internal sealed class Prune(PruneRequest request, CancellationToken cancel) : Write<int>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override int Apply(Transaction transaction)
    {
        var gone = 0;
        if (request.Keys is { } keys) gone += Remove(transaction, keys, """
            DELETE FROM idempotency_keys WHERE (account, key) IN (
              SELECT account, key FROM idempotency_keys INDEXED BY idempotency_keys_job ORDER BY job LIMIT ?2) AND created_at <= ?1
            RETURNING 1
            """);
        if (request.Deliveries is { } deliveries) gone += Remove(transaction, deliveries, """
            DELETE FROM deliveries WHERE id IN (
              SELECT id FROM deliveries INDEXED BY deliveries_ended WHERE ended_at <= ?1 ORDER BY ended_at LIMIT ?2)
            RETURNING 1
            """);
        if (request.Jobs is { } jobs) gone += Remove(transaction, jobs, """
            DELETE FROM jobs WHERE id IN (
              SELECT id FROM jobs INDEXED BY jobs_ended
              WHERE ended_at <= ?1 AND NOT EXISTS (SELECT 1 FROM deliveries WHERE job = jobs.id AND state = 0)
              ORDER BY ended_at LIMIT ?2)
            RETURNING 1
            """);
        return gone;
    }

    private int Remove(Transaction transaction, DateTimeOffset before, string sql)
    {
        using var delete = transaction.Prepare(sql);
        delete.Bind(before).Bind(request.Limit);
        var gone = 0;
        while (delete.Step()) gone++;
        return gone;
    }
}
