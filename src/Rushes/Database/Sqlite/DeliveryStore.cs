using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

internal sealed class DeliveryStore(GroupCommit writer, ReaderPool readers) : IDeliveryStore
{
    /// <summary>
    /// Claims due deliveries host by host, so that many deliveries to an unreachable host neither take the places of others
    /// nor have to be skipped row by row.
    /// </summary>
    public Task<DueDeliveries> TakeDueDeliveriesAsync(DeliveryClaim claim, CancellationToken cancel) => writer.Run(transaction =>
    {
        var taken = new List<Delivery>();
        foreach (var (host, due) in Hosts(transaction))
        {
            if (due > transaction.Now || taken.Count == claim.Limit) break;
            var free = Math.Min(claim.PerHost - claim.UnderWay.GetValueOrDefault(host), claim.Limit - taken.Count);
            if (free > 0) taken.AddRange(Take(transaction, host, free, claim.Until));
        }

        return new DueDeliveries(taken, NextAt(transaction));
    }, cancel);

    public Task<bool> RecordTryAsync(
        long delivery, DeliveryTry made, DeliveryState next, DateTimeOffset? nextAt, CancellationToken cancel) =>
        writer.Run(transaction =>
        {
            // The number of the attempt is its fencing token: if two requests record the same attempt, one succeeds.
            using var update = transaction.Prepare($"""
                UPDATE deliveries SET state = ?, tries = tries + 1, run_tries = run_tries + 1, next_at = ?, ended_at = ?
                WHERE id = ? AND state = {StateNumbers.DeliveryPending} AND tries = ? RETURNING 1
                """);
            update.Bind((long)next)
                .Bind(nextAt)
                .Bind(next == DeliveryState.Pending ? null : transaction.Now)
                .Bind(delivery)
                .Bind(made.Number - 1);
            if (!update.Step()) return false;

            using var insert = transaction.Prepare("""
                INSERT INTO delivery_tries (delivery, number, at, status, milliseconds, answer, error) VALUES (?, ?, ?, ?, ?, ?,
                  ?)
                """);
            insert
                .Bind(delivery).Bind(made.Number)
                    .Bind(made.At)
                    .Bind(made.Status)
                    .Bind(made.Milliseconds)
                    .Bind(made.Answer)
                    .Bind(made.Error)
                .Execute();
            return true;
        }, cancel);

    public Task<IReadOnlyList<DeliveryLog>> ReadDeliveriesAsync(long job, int account, CancellationToken cancel) =>
        Task.FromResult(readers.Read(session =>
        {
            using var select = session.Prepare(Statements.ReadDeliveries);
            return DeliveryRow.Logs(select.Bind(job).Bind(account).ReadAll(DeliveryRow.ReadWithTry));
        }));

    public Task<bool> RedeliverAsync(long delivery, int account, CancellationToken cancel) => writer.Run(transaction =>
    {
        using var update = transaction.Prepare(Statements.Redeliver);
        if (!update.Bind(transaction.Now).Bind(delivery).Bind(account).Step()) return false;
        transaction.Changes.DeliveriesDue = true;
        return true;
    }, cancel, single: true);

    /// <summary>Creates the delivery that reports the end of a job.</summary>
    public static void Add(Transaction transaction, Job ended)
    {
        using var insert = transaction.Prepare("""
            INSERT INTO deliveries (job, account, dialect, url, host, next_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            """);
        insert
            .Bind(ended.Id).Bind(ended.Account)
                .Bind(ended.Dialect)
                .Bind(ended.WebhookUrl)
                .Bind(Delivery.HostOf(ended.WebhookUrl!))
            .Bind(transaction.Now).Bind(transaction.Now)
            .Execute();
        transaction.Changes.DeliveriesDue = true;
    }

    private static DateTimeOffset? NextAt(Transaction transaction)
    {
        // Deliveries that are due but over a limit have no effect on the next time.
        foreach (var (_, due) in Hosts(transaction))
            if (due > transaction.Now)
                return due;
        return null;
    }

    /// <summary>All hosts with pending deliveries and when the first of each is due, the longest due first.</summary>
    private static List<(string Host, DateTimeOffset Due)> Hosts(Transaction transaction)
    {
        // One index lookup per host, however many deliveries it has.
        using var select = transaction.Prepare($"""
            WITH RECURSIVE hosts (host) AS (
              SELECT min(host) FROM deliveries INDEXED BY deliveries_due WHERE state = {StateNumbers.DeliveryPending}
              UNION ALL
              SELECT (SELECT min(host) FROM deliveries INDEXED BY deliveries_due
                      WHERE state = {StateNumbers.DeliveryPending} AND host > hosts.host)
              FROM hosts WHERE host IS NOT NULL)
            SELECT host, (SELECT min(next_at) FROM deliveries INDEXED BY deliveries_due
                          WHERE state = {StateNumbers.DeliveryPending} AND host = hosts.host) AS due
            FROM hosts WHERE host IS NOT NULL ORDER BY due
            """);
        return select.ReadAll(row => (row.Text(0), row.Time(1)));
    }

    private static List<Delivery> Take(Transaction transaction, string host, int limit, DateTimeOffset until)
    {
        using var update = transaction.Prepare($"""
            UPDATE deliveries SET next_at = ? WHERE id IN (
              SELECT id FROM deliveries INDEXED BY deliveries_due
              WHERE state = {StateNumbers.DeliveryPending} AND host = ? AND next_at <= ? ORDER BY next_at LIMIT ?)
            RETURNING {DeliveryRow.Columns}
            """);
        return update.Bind(until).Bind(host).Bind(transaction.Now).Bind(limit).ReadAll(DeliveryRow.Read);
    }
}
