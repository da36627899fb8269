namespace Rushes.Database.Postgres.Writes;

/// <summary>Removes a batch of what is too old. What hangs on a job goes with it, by the tables' own rules.</summary>
internal sealed class Prune(PruneRequest request, CancellationToken cancel) : SingleWrite<int>(cancel)
{
    protected override async Task<int> ApplyAsync(Transaction transaction)
    {
        var statements = new List<Statement>();
        if (request.Keys is { } keys) statements.Add(new Statement(
            """
            DELETE FROM idempotency_keys WHERE (account, key) IN (SELECT account, key FROM idempotency_keys ORDER BY job LIMIT $2) AND created_at <= $1
            """,
            keys, request.Limit));
        if (request.Deliveries is { } deliveries) statements.Add(new Statement(
            "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE ended_at <= $1 ORDER BY ended_at LIMIT $2)", deliveries, request.Limit));
        if (request.Jobs is { } jobs) statements.Add(new Statement(
            """
            DELETE FROM jobs WHERE id IN (
              SELECT id FROM jobs
              WHERE ended_at <= $1 AND NOT EXISTS (SELECT FROM deliveries WHERE deliveries.job = jobs.id AND deliveries.state = 0)
              ORDER BY ended_at LIMIT $2)
            """,
            jobs, request.Limit));
        await transaction.RunAsync([.. statements]);
        return statements.Sum(statement => statement.Changed);
    }
}
