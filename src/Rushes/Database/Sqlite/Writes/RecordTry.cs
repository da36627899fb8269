namespace Rushes.Database.Sqlite.Writes;

/// <summary>Logs a try and moves its delivery on. The try's number is its fence: two who made the same one log one.</summary>
internal sealed class RecordTry(long delivery, DeliveryTry made, DeliveryState next, DateTimeOffset? nextAt, CancellationToken cancel)
    : Write<bool>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override bool Apply(Transaction transaction)
    {
        if (!Move(transaction)) return false;

        using var insert = transaction.Prepare("""
            INSERT INTO delivery_tries (delivery, number, at, status, milliseconds, answer, error) VALUES (?, ?, ?, ?, ?, ?, ?)
            """);
        insert
            .Bind(delivery).Bind(made.Number).Bind(made.At).Bind(made.Status).Bind(made.Milliseconds).Bind(made.Answer).Bind(made.Error)
            .Execute();
        return true;
    }

    private bool Move(Transaction transaction)
    {
        using var update = transaction.Prepare("""
            UPDATE deliveries SET state = ?, tries = tries + 1, run_tries = run_tries + 1, next_at = ?, ended_at = ?
            WHERE id = ? AND state = 0 AND tries = ? RETURNING 1
            """);
        return update
            .Bind((long)next).Bind(nextAt).Bind(next == DeliveryState.Pending ? null : transaction.Now)
            .Bind(delivery).Bind(made.Number - 1).Step();
    }
}
