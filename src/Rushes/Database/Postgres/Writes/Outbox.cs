using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Deliveries that tell jobs' owners of their end.</summary>
internal static class Outbox
{
    public static async Task AddAsync(Transaction transaction, Job[] ended)
    {
        if (ended.Length == 0) return;
        await transaction.RunAsync(
            """
            INSERT INTO deliveries (job, account, dialect, url, host, next_at, created_at)
            SELECT job, account, dialect, url, host, $6, $6 FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[])
              AS ended (job, account, dialect, url, host) ORDER BY job
            """,
            Each(job => job.Id), Each(job => job.Account), Each(job => job.Dialect), Each(job => job.WebhookUrl!),
            Each(job => Delivery.HostOf(job.WebhookUrl!)), transaction.Now);
        transaction.News.DeliveriesWait = true;

        T[] Each<T>(Func<Job, T> value) => Array.ConvertAll(ended, job => value(job));
    }
}
