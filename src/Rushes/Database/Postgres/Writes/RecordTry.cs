namespace Rushes.Database.Postgres.Writes;

/// <summary>Logs a try and moves its delivery on. The try's number is its fence: two who made the same one log one.</summary>
internal sealed class RecordTry(long delivery, DeliveryTry made, DeliveryState next, DateTimeOffset? nextAt, CancellationToken cancel)
    : SingleWrite<bool>(cancel)
{
    protected override async Task<bool> ApplyAsync(Transaction transaction) => await transaction.RunAsync(
        """
        WITH moved AS (
          UPDATE deliveries SET state = $2, tries = tries + 1, run_tries = run_tries + 1, next_at = $3, ended_at = $4
          WHERE id = $1 AND state = 0 AND tries = $5 - 1 RETURNING id)
        INSERT INTO delivery_tries (delivery, number, at, status, milliseconds, answer, error)
        SELECT id, $5, $6, $7, $8, $9, $10 FROM moved
        """,
        delivery, (short)next, nextAt, next == DeliveryState.Pending ? null : transaction.Now,
        made.Number, made.At, made.Status, made.Milliseconds, made.Answer, made.Error) > 0;
}
