using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Where the end of a job leaves word for its owner.</summary>
internal static class Outbox
{
    public static void Add(Transaction transaction, in JobChange ended, string dialect, string url)
    {
        using var insert = transaction.Prepare("""
            INSERT INTO deliveries (job, account, dialect, url, host, next_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            """);
        insert
            .Bind(ended.Id).Bind(ended.Account).Bind(dialect).Bind(url).Bind(Delivery.HostOf(url)).Bind(transaction.Now).Bind(transaction.Now)
            .Execute();
        transaction.News.DeliveriesWait = true;
    }
}
