using Rushes.Jobs;

namespace Rushes.Database.Shared;

internal static class DeliveryRow
{
    public const string Columns =
        "id, job, account, dialect, url, host, state, tries, run_tries, next_at, created_at, ended_at, event";

    /// <summary>A delivery and, nullable, one of its attempts; for <see cref="ReadWithTry"/>.</summary>
    public const string ColumnsWithTry = $"{Columns}, number, at, status, milliseconds, answer, error";

    public static Delivery Read(IRow row) => new()
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
        Event = (WebhookEvents)row.Int(12),
    };

    /// <summary>An account, a host, when the first delivery is due, and how many are.</summary>
    public static WaitingDeliveries ReadWaiting(IRow row) =>
        new(new DeliveryPlace(row.Int(0), row.Text(1)), row.Time(2), row.Int(3));

    public static (Delivery Delivery, DeliveryTry? Try) ReadWithTry(IRow row) => (Read(row), row.IsNull(13)
        ? null
        : new DeliveryTry(row.Int(13), row.Time(14), row.IntOrNull(15), row.Int(16), row.TextOrNull(17), row.TextOrNull(18)));

    /// <param name="rows">Ordered by delivery and attempt.</param>
    public static IReadOnlyList<DeliveryLog> Logs(IEnumerable<(Delivery Delivery, DeliveryTry? Try)> rows) =>
        [.. rows.GroupBy(row => row.Delivery.Id).Select(log => new DeliveryLog(
            log.First().Delivery, [.. log.Select(row => row.Try).OfType<DeliveryTry>()]))];
}
