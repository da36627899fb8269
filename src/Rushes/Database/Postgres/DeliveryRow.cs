using Npgsql;

namespace Rushes.Database.Postgres;

/// <summary>How a delivery and its tries lie in their tables.</summary>
internal static class DeliveryRow
{
    public const string Columns = "deliveries.id, job, account, dialect, url, host, state, tries, run_tries, next_at, created_at, ended_at";

    public static Delivery Read(NpgsqlDataReader row) => new()
    {
        Id = row.Long(0),
        Job = row.Long(1),
        Account = row.Int(2),
        Dialect = row.Text(3),
        Url = row.Text(4),
        Host = row.Text(5),
        State = (DeliveryState)row.Int(6),
        Tries = row.Int(7),
        RunTries = row.Int(8),
        NextAt = row.TimeOrNull(9),
        CreatedAt = row.Time(10),
        EndedAt = row.TimeOrNull(11),
    };

    public static async Task<IReadOnlyList<DeliveryLog>> ReadLogsAsync(Session session, long job, int account)
    {
        // One look at both tables: a try that is recorded in between would be in one and not in the other.
        var rows = await session.ReadAsync(
            $"""
            SELECT {Columns}, number, at, status, milliseconds, answer, error
            FROM deliveries LEFT JOIN delivery_tries ON delivery = id
            WHERE job = $1 AND account = $2 ORDER BY id, number
            """,
            [job, account],
            row => (Delivery: Read(row), Try: row.IsDBNull(12)
                ? null
                : new DeliveryTry(row.Int(12), row.Time(13), row.IntOrNull(14), row.Int(15), row.TextOrNull(16), row.TextOrNull(17))));
        return [.. rows.GroupBy(row => row.Delivery.Id).Select(log => new DeliveryLog(
            log.First().Delivery, [.. log.Select(row => row.Try).OfType<DeliveryTry>()]))];
    }
}
