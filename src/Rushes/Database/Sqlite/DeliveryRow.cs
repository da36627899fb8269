namespace Rushes.Database.Sqlite;

/// <summary>How a delivery and its tries lie in their tables.</summary>
internal static class DeliveryRow
{
    public const string Columns = "id, job, account, dialect, url, host, state, tries, run_tries, next_at, created_at, ended_at";

    public static Delivery Read(Statement row) => new()
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

    public static List<DeliveryLog> ReadLogs(SqliteSession session, long job, int account)
    {
        // One look at both tables: a try that is recorded in between would be in one and not in the other.
        using var select = session.Prepare($"""
            SELECT {Columns}, number, at, status, milliseconds, answer, error
            FROM deliveries LEFT JOIN delivery_tries ON delivery = id
            WHERE job = ? AND account = ? ORDER BY id, number
            """);
        select.Bind(job).Bind(account);
        var logs = new List<DeliveryLog>();
        List<DeliveryTry> tries = [];
        while (select.Step())
        {
            if (logs.Count == 0 || logs[^1].Delivery.Id != select.Long(0)) logs.Add(new DeliveryLog(Read(select), tries = []));
            if (!select.IsNull(12))
                tries.Add(new DeliveryTry(
                    select.Int(12), select.Time(13), select.IntOrNull(14), select.Int(15), select.TextOrNull(16), select.TextOrNull(17)));
        }

        return logs;
    }
}
