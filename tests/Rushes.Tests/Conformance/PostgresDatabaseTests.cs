using Npgsql;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Database.Shared;
using Rushes.Jobs;
using Rushes.Tests.Postgres;
using Xunit;

namespace Rushes.Tests.Conformance;

public sealed class PostgresDatabaseTests : DatabaseConformance
{
    private readonly Dictionary<string, string> stores = [];

    private bool two;

    // Each step is a commit that reaches the disk of a server.
    protected override int Histories => 15;

    protected override async Task<IDatabase> OpenAsync(string store, RetryPolicy retries, TimeProvider time)
    {
        var url = await UrlAsync(store);
        var database = await PostgresDatabase.OpenAsync(url, retries, time);
        return two ? TwoGateways.Of(database, await PostgresDatabase.OpenAsync(url, retries, time)) : database;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var database in stores.Values) PostgresCluster.Return(database);
    }

    public static TheoryData<string> HeldByTwo =>
    [
        nameof(Any_history_keeps_the_order_and_loses_no_job),
        nameof(Every_commit_is_told_before_its_caller_is_answered),
        nameof(Many_claims_at_once_do_not_go_over_the_bound),
        nameof(The_same_request_many_times_at_once_is_one_job),
        nameof(Credit_is_spent_once_however_many_ask_at_once),
        nameof(Requests_at_once_do_not_store_more_than_the_limit),
        nameof(Turns_go_on_after_a_restart_and_a_job_that_comes_back_keeps_its_own),
        nameof(Deliveries_are_taken_fairly_over_hosts_and_within_the_bounds),
        nameof(A_revoked_key_is_told_and_stays_as_a_record),
        nameof(There_is_one_first_key_at_a_time),
        nameof(A_change_of_an_account_leaves_what_it_does_not_name),
        nameof(Accounts_and_secrets_are_made_once),
        nameof(A_duty_is_given_once_until_its_time_is_over),
        nameof(Jobs_that_ended_long_ago_go_and_others_stay),
    ];

    [Theory]
    [MemberData(nameof(HeldByTwo))]
    public async Task Two_gateways_keep_what_one_promises(string promise)
    {
        two = true;
        await ReopenAsync();
        if (GetType().GetMethod(promise)!.Invoke(this, null) is Task kept) await kept;
    }

    [Fact]
    public async Task Two_gateways_keep_the_books()
    {
        two = true;
        await ReopenAsync();
        await Many_writers_at_once_keep_the_books(4);
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_rejected()
    {
        await RunAsync("INSERT INTO migrations VALUES (999, '999_future')");
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync("main", new RetryPolicy(), Clock));
        Assert.Contains("newer", error.Message, StringComparison.Ordinal);
        await RunAsync("DELETE FROM migrations WHERE number = 999");
    }

    [Fact]
    public async Task Requests_stored_by_an_earlier_version_are_counted()
    {
        var job = NewJob("t2v") with { Echo = "{}", WebhookUrl = "https://example.com/" };
        await RunAsync("DROP FUNCTION count_requests CASCADE; DROP VIEW stored_requests; DROP TABLE stored_request_parts");
        await SubmitAsync(job);
        await SubmitAsync(NewJob("t2v"));

        foreach (var migration in Migration.ReadAll("Database.Postgres.Migrations."))
            if (migration.Name is "008_stored_requests" or "011_request_parts") await RunAsync(migration.Sql);
        Assert.Equal(
            job.StoredBytes + NewJob("t2v").StoredBytes,
            await Database.FileCounts.ReadStoredBytesAsync(Account, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Many_gateways_may_start_at_once_on_an_empty_database()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var url = PostgresUrl.Parse(cluster.Url(await cluster.CreateAsync("fresh")));
        var opened = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => PostgresDatabase.OpenAsync(url, new RetryPolicy(), Clock))));
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
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount, job) "
        + "SELECT at, kind, account, source, target, amount, job FROM ledger_entries WHERE kind = 1")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount, job) "
        + "SELECT at, 3, account, target, source, amount, job FROM ledger_entries WHERE kind = 2")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount) "
        + "SELECT at, kind, account, source, source, amount FROM ledger_entries WHERE kind = 0")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount) "
        + "SELECT at, kind, account, source, target, -1 FROM ledger_entries WHERE kind = 0")]
    [InlineData("INSERT INTO ledger_entries (at, kind, account, source, target, amount) "
        + "SELECT at, 4, account, target, source, amount + 1 FROM ledger_entries WHERE kind = 0")]
    public async Task The_tables_refuse_to_forget_or_to_move_money_twice(string sql)
    {
        await GiveAsync(3);
        var id = await SubmitAsync(NewJob("t2v") with { Price = 2 });
        var lease = await ClaimAsync();
        await Database.Leases.FinishAsync(id, lease!.Fence, new RunOutcome.Done("key", 1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(sql));
    }

    [Fact]
    public async Task The_tables_hold_what_a_state_needs()
    {
        await SubmitAsync();
        foreach (var broken in new[] { "state = 1", "state = 3", "state = 4, ended_at = now()", "state = 6", "fence = -1",
            "worker = 'x'", "account = 99" })
            await Assert.ThrowsAsync<PostgresException>(() => RunAsync($"UPDATE jobs SET {broken}"));
    }

    public static TheoryData<string> Swept =>
        [JobTransitions.Select(LeaseStore.Unheard), .. LeaseStore.Late.Select(JobTransitions.Select)];

    /// <summary>A sweep each second that reads the whole queue would stop all gateways for as long.</summary>
    [Theory]
    [MemberData(nameof(Swept))]
    public async Task A_sweep_does_not_go_through_jobs_that_are_not_due(string select)
    {
        await SubmitAsync();
        // As many that statistics, if there are any, are of a long queue.
        await RunAsync("""
            INSERT INTO jobs (account, model, lane, tier, priority, work, "binary", created_at, plan, input)
            SELECT account, model, lane, tier, priority, work, "binary", created_at, plan, input
            FROM jobs CROSS JOIN generate_series(1, 2000)
            """);
        foreach (var statistics in new[] { "SELECT 1", "ANALYZE jobs" })
        {
            await RunAsync(statistics);
            await using var connection = await (await PostgresCluster.SharedAsync()).ConnectAsync(stores["main"]);
            await using var command = new NpgsqlCommand(
                $"{PostgresServer.WriterSettings}; PREPARE swept (timestamptz) AS {select}", connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            command.CommandText = "EXPLAIN (ANALYZE, TIMING off) EXECUTE swept (now())";
            var plan = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken)) plan.Add(reader.GetString(0));
            Assert.Contains(plan, line => line.Contains("Index Scan using jobs_", StringComparison.Ordinal));
            Assert.DoesNotContain(plan, line => line.Contains("Rows Removed", StringComparison.Ordinal));
        }
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
            if (stores.FirstOrDefault(known => known.Key.StartsWith("history", StringComparison.Ordinal)) is { Key: { } last }
                && store.StartsWith("history", StringComparison.Ordinal))
            {
                PostgresCluster.Return(stores[last]);
                stores.Remove(last);
            }

            stores[store] = database = await PostgresCluster.RentAsync();
        }

        return PostgresUrl.Parse((await PostgresCluster.SharedAsync()).Url(database));
    }
}
