using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Deliveries that tell a job's owner of its end.</summary>
internal static class Outbox
{
    public static void Add(Transaction transaction, Job ended)
    {
        using var insert = transaction.Prepare("""
            INSERT INTO deliveries (job, account, dialect, url, host, next_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            """);
        insert
            .Bind(ended.Id).Bind(ended.Account).Bind(ended.Dialect).Bind(ended.WebhookUrl).Bind(Delivery.HostOf(ended.WebhookUrl!))
            .Bind(transaction.Now).Bind(transaction.Now)
            .Execute();
        transaction.News.DeliveriesWait = true;
    }
}
