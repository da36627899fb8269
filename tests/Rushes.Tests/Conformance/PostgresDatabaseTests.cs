using Npgsql;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Rushes.Tests.Postgres;
using Xunit;

namespace Rushes.Tests.Conformance;

public sealed class PostgresDatabaseTests : DatabaseConformance
{
    private readonly Dictionary<string, string> stores = [];

    // Each step is a commit that reaches the disk of a server.
    protected override int Histories => 15;

    protected override async Task<IDatabase> OpenAsync(string store, RetryPolicy retries, TimeProvider time) =>
        await PostgresDatabase.OpenAsync(await UrlAsync(store), retries, time);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var database in stores.Values) PostgresCluster.Return(database);
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused()
    {
        await RunAsync("INSERT INTO migrations VALUES (999, '999_future')");
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync("main", new RetryPolicy(), Clock));
        Assert.Contains("newer", error.Message, StringComparison.Ordinal);
        await RunAsync("DELETE FROM migrations WHERE number = 999");
    }

    [Fact]
    public async Task Many_gateways_may_start_at_once_on_an_empty_database()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var url = PostgresUrl.Parse(cluster.Url(await cluster.CreateAsync("fresh")));
        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PostgresDatabase.OpenAsync(url, new RetryPolicy(), Clock))));
        foreach (var database in opened) await database.DisposeAsync();
    }

    [Theory]
    [InlineData("UPDATE ledger_entries SET amount = 1")]
    [InlineData("DELETE FROM ledger_entries")]
    [InlineData("TRUNCATE ledger_entries")]
    [InlineData("UPDATE audit SET actor = 'nobody'")]
    [InlineData("DELETE FROM audit")]
    [InlineData("INSERT INTO audit (at, actor, action, subject, detail) VALUES (now(), 'a', 'b', 'c', 'no json')")]
    [InlineData("UPDATE ledger_accounts SET balance = -1 WHERE kind = 0")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount, job) SELECT at, kind, account, source, target, amount, job FROM ledger_entries WHERE kind = 1")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount, job) SELECT at, 3, account, target, source, amount, job FROM ledger_entries WHERE kind = 2")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount) SELECT at, kind, account, source, source, amount FROM ledger_entries WHERE kind = 0")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount) SELECT at, kind, account, source, target, -1 FROM ledger_entries WHERE kind = 0")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount) SELECT at, 4, account, target, source, amount + 1 FROM ledger_entries WHERE kind = 0")]
    public async Task The_tables_refuse_to_forget_or_to_move_money_twice(string sql)
    {
        await GiveAsync(3);
        var id = await SubmitAsync(NewJob("t2v") with { Price = 2 });
        var lease = await ClaimAsync();
        await Database.FinishAsync(id, lease!.Fence, new RunOutcome.Done("key", 1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(sql));
    }

    [Fact]
    public async Task The_tables_hold_what_a_state_needs()
    {
        await SubmitAsync();
        foreach (var broken in new[] { "state = 1", "state = 3", "state = 4, ended_at = now()", "state = 6", "fence = -1", "worker = 'x'", "account = 99" })
            await Assert.ThrowsAsync<PostgresException>(() => RunAsync($"UPDATE jobs SET {broken}"));
    }

    private async Task RunAsync(string sql)
    {
        await UrlAsync("main");
        await (await PostgresCluster.SharedAsync()).RunAsync(stores["main"], sql);
    }

    private async Task<PostgresUrl> UrlAsync(string store)
    {
        if (!stores.TryGetValue(store, out var database))
        {
            // A history's own is used again by the next.
            if (stores.FirstOrDefault(known => known.Key.StartsWith("history", StringComparison.Ordinal)) is { Key: { } last } && store.StartsWith("history", StringComparison.Ordinal))
            {
                PostgresCluster.Return(stores[last]);
                stores.Remove(last);
            }

            stores[store] = database = await PostgresCluster.RentAsync();
        }

        return PostgresUrl.Parse((await PostgresCluster.SharedAsync()).Url(database));
    }
}
