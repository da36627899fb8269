using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

internal sealed class DeliveryStore(GroupCommit writer, ReaderPool readers) : IDeliveryStore
{
    public Task<DueDeliveries> TakeDueDeliveriesAsync(DeliveryClaim claim, CancellationToken cancel) => writer.Run(transaction =>
    {
        var taken = new List<Delivery>();
        foreach (var share in DeliveryTurns.Of(Waiting(transaction, claim.Limit), claim))
            taken.AddRange(Take(transaction, share, claim.Until));

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
                INSERT INTO delivery_tries (delivery, number, at, status, milliseconds, answer, error)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """);
            insert
                .Bind(delivery).Bind(made.Number).Bind(made.At).Bind(made.Status).Bind(made.Milliseconds).Bind(made.Answer)
                .Bind(made.Error).Execute();
            using var forget = transaction.Prepare("DELETE FROM delivery_tries WHERE delivery = ? AND number <= ?");
            forget.Bind(delivery).Bind(made.Number - DeliveryTry.MaxKept).Execute();
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

    /// <summary>Creates the delivery that reports an event of a job.</summary>
    public static void Add(Transaction transaction, Job job, WebhookEvents occurred)
    {
        using var insert = transaction.Prepare($"""
            INSERT INTO deliveries (job, account, dialect, url, host, event, next_at, created_at)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7
            WHERE ?6 <> {StateNumbers.ProgressEvent} OR NOT EXISTS (
              SELECT 1 FROM deliveries WHERE job = ?1 AND event = {StateNumbers.ProgressEvent}
                AND (state = {StateNumbers.DeliveryPending} OR created_at > ?8))
            """);
        insert
            .Bind(job.Id).Bind(job.Account).Bind(job.Dialect).Bind(job.WebhookUrl).Bind(Delivery.HostOf(job.WebhookUrl!))
            .Bind((long)occurred).Bind(transaction.Now).Bind(transaction.Now - Delivery.ProgressEvery)
            .Execute();
        transaction.Changes.DeliveriesDue = true;
    }

    private static DateTimeOffset? NextAt(Transaction transaction)
    {
        using var select = transaction.Prepare(Statements.NextDelivery);
        return select.Bind(transaction.Now).Step() ? select.TimeOrNull(0) : null;
    }

    private static List<WaitingDeliveries> Waiting(Transaction transaction, int limit)
    {
        using var select = transaction.Prepare(Statements.ReadWaitingDeliveries);
        return select.Bind(transaction.Now).Bind(limit).ReadAll(DeliveryRow.ReadWaiting);
    }

    private static List<Delivery> Take(Transaction transaction, DeliveryShare share, DateTimeOffset until)
    {
        using var update = transaction.Prepare($"""
            UPDATE deliveries SET next_at = ? WHERE id IN (
              SELECT id FROM deliveries WHERE state = {StateNumbers.DeliveryPending} AND account = ? AND host = ?
                AND next_at <= ? ORDER BY next_at, id LIMIT ?)
            RETURNING {DeliveryRow.Columns}
            """);
        return update.Bind(until).Bind(share.Place.Account).Bind(share.Place.Host).Bind(transaction.Now).Bind(share.Count)
            .ReadAll(DeliveryRow.Read);
    }
}
