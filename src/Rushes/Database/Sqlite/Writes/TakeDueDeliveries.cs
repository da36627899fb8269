using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>
/// Takes due deliveries host by host, so that what waits for one dead host costs the others nothing: not a place in the
/// answer, and not a row to step over.
/// </summary>
internal sealed class TakeDueDeliveries(DeliveryClaim claim, CancellationToken cancel) : Write<DueDeliveries>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override DueDeliveries Apply(Transaction transaction)
    {
        var taken = new List<Delivery>();
        foreach (var (host, due) in Hosts(transaction))
        {
            if (due > transaction.Now || taken.Count == claim.Limit) break;
            var free = Math.Min(claim.PerHost - claim.UnderWay.GetValueOrDefault(host), claim.Limit - taken.Count);
            if (free > 0) Take(host, free, taken, transaction);
        }

        return new DueDeliveries(taken, NextAt(transaction));
    }

    private static DateTimeOffset? NextAt(Transaction transaction)
    {
        // What is due and was left waits for room, not for a time.
        foreach (var (_, due) in Hosts(transaction))
            if (due > transaction.Now)
                return due;
        return null;
    }

    /// <summary>Every host with pending deliveries and when the first of them is due, the longest due first.</summary>
    private static List<(string Host, DateTimeOffset Due)> Hosts(Transaction transaction)
    {
        // From host to host by one step into the index each, however many deliveries a host has.
        using var select = transaction.Prepare("""
            WITH RECURSIVE hosts (host) AS (
              SELECT min(host) FROM deliveries INDEXED BY deliveries_due WHERE state = 0
              UNION ALL
              SELECT (SELECT min(host) FROM deliveries INDEXED BY deliveries_due WHERE state = 0 AND host > hosts.host)
              FROM hosts WHERE host IS NOT NULL)
            SELECT host, (SELECT min(next_at) FROM deliveries INDEXED BY deliveries_due WHERE state = 0 AND host = hosts.host) AS due
            FROM hosts WHERE host IS NOT NULL ORDER BY due
            """);
        return select.ReadAll(row => (row.Text(0), row.Time(1)));
    }

    private void Take(string host, int most, List<Delivery> taken, Transaction transaction)
    {
        using var update = transaction.Prepare($"""
            UPDATE deliveries SET next_at = ? WHERE id IN (
              SELECT id FROM deliveries INDEXED BY deliveries_due
              WHERE state = 0 AND host = ? AND next_at <= ? ORDER BY next_at LIMIT ?)
            RETURNING {DeliveryRow.Columns}
            """);
        taken.AddRange(update.Bind(claim.Until).Bind(host).Bind(transaction.Now).Bind(most).ReadAll(DeliveryRow.Read));
    }
}
