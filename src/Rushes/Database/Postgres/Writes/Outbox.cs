namespace Rushes.Database.Postgres.Writes;

/// <summary>Where the end of a job leaves word for its owner.</summary>
internal static class Outbox
{
    public static async Task AddAsync(Transaction transaction, List<JobEnd> ends)
    {
        if (ends.Count == 0) return;
        await transaction.RunAsync(
            """
            INSERT INTO deliveries (job, account, dialect, url, host, next_at, created_at)
            SELECT job, account, dialect, url, host, $6, $6 FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[])
              AS ended (job, account, dialect, url, host) ORDER BY job
            """,
            Each(end => end.Change.Id), Each(end => end.Change.Account), Each(end => end.Dialect), Each(end => end.Url!), Each(end => Delivery.HostOf(end.Url!)),
            transaction.Now);
        transaction.News.DeliveriesWait = true;

        T[] Each<T>(Func<JobEnd, T> value) => [.. ends.Select(value)];
    }
}
