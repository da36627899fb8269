using Rushes.Accounts;
using Rushes.Database;
using Rushes.Database.Copy;
using Rushes.Database.Postgres;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>Copies a gateway's SQLite file to PostgreSQL.</summary>
public sealed class DatabaseCopyTests : IAsyncLifetime
{
    private const int Jobs = 3000;

    private readonly TempFolder folder = new();
    private string name = "";
    private string url = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string From => $"sqlite:{folder["rushes.db"]}";

    public async ValueTask InitializeAsync()
    {
        var server = await PostgresCluster.SharedAsync();
        name = await server.CreateAsync($"copy{Guid.NewGuid():N}");
        url = server.Url(name);
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_copy_that_is_cut_goes_on_and_the_queue_goes_on_in_its_order()
    {
        List<JobChange> live;
        List<Job?> jobs;
        List<LedgerEntry> entries;
        IReadOnlyList<LedgerBalance> books;
        int account;
        await using (var source = await OpenSqliteAsync())
        {
            account = await FillAsync(source);
            live = await source.Jobs.ReadLiveAsync(Cancel).ToListAsync(Cancel);
            jobs = [.. await Task.WhenAll(Enumerable.Range(1, Jobs).Select(id => source.Jobs.FindAsync(id, Cancel)))];
            entries = await source.Ledger.ReadStatementAsync(
                account, default, DateTimeOffset.MaxValue, Cancel).ToListAsync(Cancel);
            books = await source.Ledger.ReadBalancesAsync(Cancel);
        }

        Assert.Equal(7, jobs.Select(job => job!.State).Distinct().Count());
        foreach (var cut in new[] { "jobs", "idempotency_keys", "ledger_entries" }) await CutAsync(cut);
        await using (var copy = await DatabaseCopy.OpenAsync(From, url, Cancel))
        {
            var (all, before) = await copy.CountAsync();
            Assert.InRange(before, Jobs, all - 1);
            long rows = 0;
            await copy.RunAsync((_, count) => rows += count, Cancel);
            Assert.Equal(all - before, rows);
            Assert.All(await copy.FinishAsync(), check => Assert.Equal(check.From, check.To));
        }

        var node = await GatewayNode.StartAsync(PostgresUrl.Parse(url), Cancel);
        await using var target = node.Database;
        Assert.Equal(
            live.OrderBy(job => job.Id), (await target.Jobs.ReadLiveAsync(Cancel).ToListAsync(Cancel)).OrderBy(job => job.Id));
        Assert.Equal(jobs, [.. await Task.WhenAll(Enumerable.Range(1, Jobs).Select(id => target.Jobs.FindAsync(id, Cancel)))]);
        Assert.Equal(
            entries,
            await target.Ledger.ReadStatementAsync(account, default, DateTimeOffset.MaxValue, Cancel).ToListAsync(Cancel));
        Assert.Equal(books, await target.Ledger.ReadBalancesAsync(Cancel));

        // What was asked for before is found, what is asked for now comes after all else, and the lane that waits goes on
        // waiting.
        var known = Assert.IsType<SubmitOutcome.Replayed>(
            await target.Jobs.SubmitAsync(Job(account, 1) with { Idempotency = Key(1) }, Cancel));
        Assert.Equal(jobs[1]!.Id, known.Id);
        Assert.Equal(["i2v"], await target.Lists.ReadPausedLanesAsync(Cancel));
        Assert.Equal(
            Jobs + 1,
            Assert.IsType<SubmitOutcome.Created>(
                await target.Jobs.SubmitAsync(Job(account, 0) with { Priority = -100 }, Cancel)).Id);
        var order = live.Where(job => job.Lane == "t2v" && job.State.IsQueued)
            .OrderBy(job => new QueueKey(job.Tier, job.Priority, job.Turn, job.Id))
            .Select(job => job.Id);
        foreach (var expected in order.Take(300)) Assert.Equal(expected, (await ClaimAsync(target))!.Job.Id);
    }

    [Fact]
    public async Task Every_table_is_copied()
    {
        await using (await OpenSqliteAsync()) { }
        using var session = SqliteSession.OpenReader(folder["rushes.db"]);
        using var select = session.Prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migrations'");
        var tables = new List<string>();
        while (select.Step()) tables.Add(select.Text(0));
        // Triggers of PostgreSQL fill the one that is left out.
        Assert.Equal(tables.Order(), CopiedTable.All.Select(table => table.Name).Append("stored_requests").Order());
    }

    [Fact]
    public async Task While_a_gateway_has_the_file_it_is_not_copied()
    {
        await using (var source = await OpenSqliteAsync())
        {
            await source.Accounts.EnsureAccountAsync("alice", Cancel);
            var rejected = await Assert.ThrowsAsync<CopyRejectedException>(() => DatabaseCopy.OpenAsync(From, url, Cancel));
            Assert.Contains("stop the gateway", rejected.Message, StringComparison.Ordinal);
        }

        await using (await DatabaseCopy.OpenAsync(From, url, Cancel)) { }
    }

    [Fact]
    public async Task A_database_that_holds_something_else_is_left_alone()
    {
        await using (await OpenSqliteAsync()) { }
        await using (var target = await PostgresDatabase.OpenAsync(
            PostgresUrl.Parse(url), new RetryPolicy(), TimeProvider.System, Cancel))
            await target.Accounts.EnsureAccountAsync("bob", Cancel);
        var rejected = await Assert.ThrowsAsync<CopyRejectedException>(() => DatabaseCopy.OpenAsync(From, url, Cancel));
        Assert.Contains("accounts has 1 rows", rejected.Message, StringComparison.Ordinal);
        Assert.Contains(
            "postgres://",
            (await Assert.ThrowsAsync<CopyRejectedException>(() => DatabaseCopy.OpenAsync(From, "db", Cancel))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_copy_is_no_gateways_and_goes_on_with_nothing_but_its_source()
    {
        await using (var source = await OpenSqliteAsync()) await source.Accounts.EnsureAccountAsync("alice", Cancel);
        await using (var copy = await DatabaseCopy.OpenAsync(From, url, Cancel)) await copy.RunAsync((_, _) => { }, Cancel);
        await Assert.ThrowsAsync<InvalidDataException>(
            () => PostgresDatabase.OpenAsync(PostgresUrl.Parse(url), new RetryPolicy(), TimeProvider.System, Cancel));

        await using (var source = await OpenSqliteAsync()) await source.Audit.AppendAuditAsync(
            new AuditEntry(AuditEntry.System, "gateway started", "gateway", "{}"), Cancel);
        await Assert.ThrowsAsync<CopyRejectedException>(() => DatabaseCopy.OpenAsync(From, url, Cancel));
    }

    [Fact]
    public async Task The_program_shows_what_it_compared()
    {
        await using (var source = await OpenSqliteAsync()) await source.Accounts.EnsureAccountAsync("alice", Cancel);
        await using var migrate = GatewayProcess.Launch(
            ["database", "migrate", "--from", $"sqlite:{folder.Path}"], null, ("RUSHES_DATABASE", url));
        Assert.NotNull(await migrate.WaitForAsync("The copy is complete and verified", Cancel));
        Assert.Equal(0, await migrate.ExitAsync(Cancel));
        Assert.Contains(
            migrate.Output,
            line => line.StartsWith("  accounts", StringComparison.Ordinal) && line.Contains("same", StringComparison.Ordinal));

        await using var again = GatewayProcess.Launch(
            ["database", "migrate", "--from", $"sqlite:{folder.Path}"], null, ("RUSHES_DATABASE", url));
        Assert.NotNull(await again.WaitForAsync("The target is not empty", Cancel));
        Assert.Equal(1, await again.ExitAsync(Cancel));
    }

    /// <summary>Stops after the first batch of a table.</summary>
    private async Task CutAsync(string table)
    {
        using var cut = new CancellationTokenSource();
        await using var copy = await DatabaseCopy.OpenAsync(From, url, Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => copy.RunAsync((name, _) => { if (name == table) cut.Cancel(); }, cut.Token));
    }

    /// <summary>Jobs in all states and of different ages, with everything that refers to them.</summary>
    private static async Task<int> FillAsync(SqliteDatabase source)
    {
        var account = await source.Accounts.EnsureAccountAsync("alice", Cancel);
        await source.Ledger.AddCreditAsync(new CreditChange(account, "USD", 1_000_000_000, "paid", "order-1"), "key 1", Cancel);
        await source.Keys.SecretAsync("links", 32, Cancel);
        for (var from = 0; from < Jobs; from += 500)
            await Task.WhenAll(Enumerable.Range(from, 500).Select(i => source.Jobs.SubmitAsync(Job(account, i), Cancel)));
        for (var i = 0; i < 804; i++)
        {
            var lease = (await source.Leases.ClaimAsync(
                new ClaimRequest($"node/{i % 4}", ["t2v"], TimeProvider.System.GetUtcNow().AddHours(1)), Cancel))!;
            RunOutcome? outcome = (i % 5) switch
            {
                0 => new RunOutcome.Done($"outputs/{i}.mp4", i + 1),
                1 => new RunOutcome.Failed(new JobError("engine_failed", "it broke with \ud83e\udd8a"), Retryable: false),
                2 => new RunOutcome.Failed(new JobError("engine_failed", "once"), Retryable: true),
                3 => new RunOutcome.Returned(),
                _ => null,
            };
            if (outcome is not null) await source.Leases.FinishAsync(lease.Job.Id, lease.Fence, outcome, Cancel);
        }

        foreach (var id in new long[] { Jobs, Jobs - 1, Jobs - 7 })
            await source.Jobs.CancelAsync(id, account, force: false, Cancel);
        var due = await source.Deliveries.TakeDueDeliveriesAsync(
            new DeliveryClaim(TimeProvider.System.GetUtcNow(), 50, 50, 50, []), Cancel);
        foreach (var delivery in due.Taken)
            await source.Deliveries.RecordTryAsync(
                delivery.Id, new DeliveryTry(1, DateTimeOffset.UnixEpoch, 204, 12, "thanks", null), DeliveryState.Delivered, null,
                Cancel);
        await source.Lists.PauseLaneAsync(new LanePause("i2v", true), "key 1", Cancel);
        return account;
    }

    private static NewJob Job(int account, int i) => GatewayNode.NewJob(account, i % 3 == 2 ? "i2v" : "t2v") with
    {
        Tier = i % 2, Priority = i % 5 - 2, Weight = i % 7 == 0 ? 1 : null, Price = i % 4 == 0 ? 1000 : 0,
        WebhookUrl = i % 2 == 0 ? "http://one/" : null,
        Trace = i % 9 == 0 ? $"00-{i:x32}-b7ad6b7169203331-01" : null,
        Idempotency = i % 10 == 1 ? Key(i) : null, ApproveBy = i % 50 == 3 ? TimeProvider.System.GetUtcNow().AddHours(1) : null,
    };

    /// <summary>Of such letters that an order by language is not the order of bytes.</summary>
    private static IdempotencyKey Key(int i) => new($"{"aBé_Z-"[i % 6]}{i}", new byte[32]);

    private static Task<Lease?> ClaimAsync(PostgresDatabase target) =>
        target.Leases.ClaimAsync(new ClaimRequest("node/9", ["t2v"], TimeProvider.System.GetUtcNow().AddHours(1)), Cancel);

    private Task<SqliteDatabase> OpenSqliteAsync() =>
        SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), TimeProvider.System);
}
