using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

internal sealed class DeliveryStore(GroupCommit writer, PostgresServer server) : IDeliveryStore
{
    private const string Pending = $"deliveries.state = {StateNumbers.DeliveryPending}";

    public Task<DueDeliveries> TakeDueDeliveriesAsync(
        DeliveryClaim claim, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var waiting = await transaction.ReadAsync(
            Statements.ReadWaitingDeliveries, [transaction.Now, claim.Limit], DeliveryRow.ReadWaiting);
        var shares = DeliveryTurns.Of(waiting, claim);
        var taken = new Change<Delivery>(
            $"""
            WITH picked AS MATERIALIZED (
              SELECT id AS picked, place
              FROM unnest($3::integer[], $4::text[], $5::integer[]) WITH ORDINALITY AS share (of, name, count, place)
                CROSS JOIN LATERAL (
                  SELECT id FROM deliveries WHERE {Pending} AND deliveries.account = share.of AND deliveries.host = share.name
                    AND next_at <= $2 ORDER BY next_at, id LIMIT share.count) AS due),
            taken AS (UPDATE deliveries SET next_at = $1 FROM picked WHERE id = picked RETURNING deliveries.*, place)
            SELECT {DeliveryRow.Columns} FROM taken AS deliveries ORDER BY place, id
            """,
            [
                claim.Until, transaction.Now, shares.Select(share => share.Place.Account).ToArray(),
                shares.Select(share => share.Place.Host).ToArray(), shares.Select(share => share.Count).ToArray(),
            ],
            DeliveryRow.Read);
        var next = new Query<DateTimeOffset?>(Statements.NextDelivery, [transaction.Now], row => row.TimeOrNull(0));
        await transaction.RunAsync(taken, next);
        return new DueDeliveries(taken.Rows, next.Rows[0]);
    }, cancel);

    /// <summary>
    /// The number of the attempt is its fencing token: if two gateways make the same attempt, one is recorded.
    /// </summary>
    public Task<bool> RecordTryAsync(
        long delivery, DeliveryTry made, DeliveryState next, DateTimeOffset? nextAt, CancellationToken cancel) =>
        writer.Run(async transaction => await transaction.RunAsync(
            $"""
            WITH moved AS (
              UPDATE deliveries SET state = $2, tries = tries + 1, run_tries = run_tries + 1, next_at = $3, ended_at = $4
              WHERE id = $1 AND {Pending} AND tries = $5 - 1 RETURNING id),
            forgotten AS (
              DELETE FROM delivery_tries WHERE delivery = $1 AND number <= $5 - {DeliveryTry.MaxKept})
            INSERT INTO delivery_tries (delivery, number, at, status, milliseconds, answer, error)
            SELECT id, $5, $6, $7, $8, $9, $10 FROM moved
            """,
            delivery, (short)next, nextAt, next == DeliveryState.Pending ? null : transaction.Now,
            made.Number, made.At, made.Status, made.Milliseconds, made.Answer, made.Error) > 0, cancel);

    public Task<IReadOnlyList<DeliveryLog>> ReadDeliveriesAsync(
        long job, int account, CancellationToken cancel) => server.ReadAsync(
        async session =>
            DeliveryRow.Logs(await session.ReadAsync(Statements.ReadDeliveries, [job, account], DeliveryRow.ReadWithTry)),
        cancel);

    public Task<bool> RedeliverAsync(long delivery, int account, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var begun = await transaction.RunAsync(Statements.Redeliver, transaction.Now, delivery, account);
        transaction.Changes.DeliveriesDue |= begun > 0;
        return begun > 0;
    }, cancel);

    /// <summary>Creates the deliveries that report events of jobs.</summary>
    public static async Task AddAsync(Transaction transaction, (Job Job, WebhookEvents Occurred)[] events)
    {
        if (events.Length == 0) return;
        await transaction.RunAsync(
            $"""
            INSERT INTO deliveries (job, account, dialect, url, host, event, next_at, created_at)
            SELECT job, account, dialect, url, host, event, $7, $7
            FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::smallint[]) WITH ORDINALITY
              AS occurred (job, account, dialect, url, host, event, place)
            WHERE event <> {StateNumbers.ProgressEvent} OR NOT EXISTS (
              SELECT FROM deliveries AS earlier WHERE earlier.job = occurred.job AND earlier.event = {StateNumbers.ProgressEvent}
                AND (earlier.state = {StateNumbers.DeliveryPending} OR earlier.created_at > $8))
            ORDER BY job, place
            """,
            Each(job => job.Id), Each(job => job.Account), Each(job => job.Dialect), Each(job => job.WebhookUrl!),
            Each(job => Delivery.HostOf(job.WebhookUrl!)), Array.ConvertAll(events, each => (short)each.Occurred),
            transaction.Now, transaction.Now - Delivery.ProgressEvery);
        transaction.Changes.DeliveriesDue = true;

        T[] Each<T>(Func<Job, T> value) => Array.ConvertAll(events, each => value(each.Job));
    }
}
