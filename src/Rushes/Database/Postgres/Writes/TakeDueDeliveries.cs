using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

/// <summary>
/// Takes due deliveries host by host, so that what waits for one dead host costs the others nothing: not a place in the
/// answer, and not a row to step over.
/// </summary>
internal sealed class TakeDueDeliveries(DeliveryClaim claim, CancellationToken cancel) : SingleWrite<DueDeliveries>(cancel)
{
    /// <summary>Every host with pending deliveries and when the first of them is due: one step into the index for each, however many it has.</summary>
    private const string Hosts = """
        WITH RECURSIVE names (host) AS (
          SELECT min(host) FROM deliveries WHERE state = 0
          UNION ALL
          SELECT (SELECT min(host) FROM deliveries WHERE state = 0 AND host > names.host) FROM names WHERE host IS NOT NULL),
        hosts AS MATERIALIZED (
          SELECT host, (SELECT min(next_at) FROM deliveries WHERE state = 0 AND deliveries.host = names.host) AS due FROM names WHERE host IS NOT NULL)
        """;

    protected override async Task<DueDeliveries> ApplyAsync(Transaction transaction)
    {
        var busy = claim.UnderWay.ToArray();
        var taken = new Change<Delivery>(
            $"""
            {Hosts},
            free AS (
              SELECT host, due, $3 - coalesce((SELECT count FROM unnest($4::text[], $5::integer[]) AS busy (name, count) WHERE name = host), 0) AS room
              FROM hosts WHERE due <= $2),
            picked AS MATERIALIZED (
              SELECT id AS picked, row_number() OVER (ORDER BY free.due, free.host, next_at, id) AS place
              FROM free CROSS JOIN LATERAL (
                SELECT id, next_at FROM deliveries
                WHERE state = 0 AND deliveries.host = free.host AND next_at <= $2 ORDER BY next_at, id LIMIT greatest(room, 0)) AS waiting
              ORDER BY place LIMIT $6),
            taken AS (UPDATE deliveries SET next_at = $1 FROM picked WHERE id = picked RETURNING deliveries.*, place)
            SELECT {DeliveryRow.Columns} FROM taken AS deliveries ORDER BY place
            """,
            [claim.Until, transaction.Now, claim.PerHost, busy.Select(host => host.Key).ToArray(), busy.Select(host => host.Value).ToArray(), claim.Limit],
            DeliveryRow.Read);
        // What is due and was left waits for room, not for a time.
        var next = new Query<DateTimeOffset?>($"{Hosts} SELECT min(due) FROM hosts WHERE due > $1", [transaction.Now], row => row.TimeOrNull(0));
        await transaction.RunAsync(taken, next);
        return new DueDeliveries(taken.Rows, next.Rows[0]);
    }
}
