using System.Text;
using System.Text.Json;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>
/// What a gateway does with a database in which many jobs have ended. The server itself reports which rows each statement read,
/// including those of triggers and foreign keys.
/// </summary>
public sealed class HistoryTests : IAsyncLifetime
{
    /// <summary>Many more than a page of a list examines.</summary>
    private const int Ended = 40_000;

    private static readonly string[] Grown =
        ["jobs", "deliveries", "ledger_entries", "past_runs", "job_tags", "stored_files", "idempotency_keys"];

    /// <summary>
    /// Ended jobs like the first one, each with everything that a job can have. Triggers and checks of references would take
    /// seconds.
    /// </summary>
    private static readonly string Fill = $"""
        SET session_replication_role = replica;
        INSERT INTO jobs (account, model, lane, tier, priority, state, work, "binary", created_at, started_at, ended_at, fence,
          worker, result_key, plan, input, input_set)
        SELECT account, model, lane, tier, priority, 3, work, "binary", at, at, at, 1, 'node/1', 'results/' || number, plan,
          input, md5(number::text)
        FROM jobs CROSS JOIN (
          SELECT number, now() - ({Ended} - number) * interval '90 days' / {Ended} - interval '1 hour' AS at
          FROM generate_series(1, {Ended}) AS number) AS ended;
        INSERT INTO deliveries (job, account, dialect, url, host, state, tries, run_tries, created_at, ended_at)
        SELECT id, account, 'queue', 'http://one/', 'one', 1, 1, 1, ended_at, ended_at FROM jobs WHERE state = 3;
        INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
        SELECT ended_at, 1, account, 1, 2, 1, id FROM jobs WHERE state = 3;
        INSERT INTO past_runs (job, fence, worker, started_at, ended_at)
        SELECT id, 1, 'node/1', ended_at, ended_at FROM jobs WHERE state = 3;
        INSERT INTO job_tags (account, tag, job) SELECT account, 'favorite', id FROM jobs WHERE state = 3;
        INSERT INTO stored_files (key, account, bytes, counted_at)
        SELECT result_key, account, 1, ended_at FROM jobs WHERE state = 3;
        INSERT INTO idempotency_keys (account, key, body_hash, job, created_at)
        SELECT account, 'key ' || id, sha256(''), id, ended_at FROM jobs WHERE state = 3
        """;

    private PostgresCluster server = null!;
    private GatewayNode node = null!;
    private int account;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private PostgresDatabase Database => node.Database;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresCluster.StartAsync();
        var url = PostgresUrl.Parse(server.Url(await server.CreateAsync("rushes")));
        await using (var made = await PostgresDatabase.OpenAsync(url, new RetryPolicy(), TimeProvider.System, Cancel))
        {
            account = await made.Accounts.EnsureAccountAsync("alice", Cancel);
            await made.Ledger.AddCreditAsync(new(account, "USD", 100_000, null), "key 1", Cancel);
            await made.Jobs.SubmitAsync(GatewayNode.NewJob(account, "t2v"), Cancel);
        }

        await server.RunAsync("rushes", Fill);
        await server.RunAsync("rushes", "VACUUM ANALYZE");
        // Tables of this size may be read as a whole where larger ones may not.
        await server.RunAsync("rushes", """
            ALTER DATABASE rushes SET enable_seqscan = off;
            ALTER DATABASE rushes SET session_preload_libraries = auto_explain;
            ALTER DATABASE rushes SET auto_explain.log_min_duration = 0;
            ALTER DATABASE rushes SET auto_explain.log_analyze = on;
            ALTER DATABASE rushes SET auto_explain.log_timing = off;
            ALTER DATABASE rushes SET auto_explain.log_nested_statements = on;
            ALTER DATABASE rushes SET auto_explain.log_format = json
            """);
        node = await GatewayNode.StartAsync(url, Cancel);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task No_statement_reads_through_the_jobs_that_have_ended()
    {
        // More than once: the server plans the first times with the values, and then without.
        for (var round = 0; round < 8; round++)
        {
            await RunAJobAsync(round);
            await ListAsync();
            await LookBackAsync();
            await DeliverAsync();
            Assert.True(await PruneAsync() >= 300);
        }

        await Database.DisposeAsync();
        var plans = Plans(await File.ReadAllTextAsync(server.Log, Cancel)).ToList();
        // They are reported, those of foreign keys too.
        Assert.Contains(plans, plan => plan.Text.StartsWith("INSERT INTO jobs", StringComparison.Ordinal));
        Assert.Contains(plans, plan => plan.Text.Contains("\"past_runs\" WHERE", StringComparison.Ordinal));
        // A page's jobs by their ids, of which the statement before it found so few; that is much of a table of this size.
        plans.RemoveAll(plan => plan.Text.Contains("id = ANY ($1) AND account = $2", StringComparison.Ordinal));
        Assert.DoesNotContain(plans, plan => plan.Rows > Ended / 2);
    }

    /// <summary>Everything that a job goes through.</summary>
    private async Task RunAJobAsync(int round)
    {
        var (jobs, leases) = (Database.Jobs, Database.Leases);
        var job = GatewayNode.NewJob(account, "t2v") with { QueueLimit = new(100, () => node.Backlog.QueuedOf(account)) };
        var key = new IdempotencyKey($"round {round}", new byte[32]);
        await jobs.SubmitAsync(job with { Price = 1, Weight = 1, WebhookUrl = "http://one/", Idempotency = key }, Cancel);
        await jobs.FindIdempotentAsync(account, key, Cancel);
        await jobs.SubmitAsync(job with { MaxStoredBytes = 1L << 40 }, Cancel);
        await jobs.SubmitAsync(job with { ApproveBy = Now.AddHours(1), Draft = JobDraft.Wanted }, Cancel);
        var request = new ClaimRequest("node/1", ["t2v"], Now.AddMinutes(1)) { MaxRunning = _ => 10 };
        var lease = Assert.IsType<Lease>(await leases.ClaimAsync(request, Cancel));
        await leases.RenewAsync(lease.Job.Id, lease.Fence, Now.AddMinutes(1), new Progress(1, 2), Cancel);
        await leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done("key", 1), Cancel);
        var again = Assert.IsType<Lease>(await leases.ClaimAsync(request with { MaxRunning = null }, Cancel));
        await leases.FinishAsync(again.Job.Id, again.Fence, new RunOutcome.Returned(), Cancel);
        await leases.SweepAsync(Now, Now, Cancel);
        // A sweep has just run, so this one only checks whether there is anything to do.
        await leases.SweepAsync(Now, Now, Cancel);
        await leases.InterruptAsync("node/2", Cancel);
        await Database.Drafts.TakeDraftAsync(Now.AddMinutes(1), 0, Cancel);
        await jobs.MoveToFrontAsync(again.Job.Id, "key 1", Cancel);
        await jobs.CancelAsync(again.Job.Id, account, false, Cancel);
        await jobs.DeleteAsync(again.Job.Id, account, Cancel);
        await foreach (var _ in jobs.ReadLiveAsync(Cancel)) { }
    }

    private async Task ListAsync()
    {
        var all = new JobFilter { Limit = 20 };
        var own = all with { Account = account };
        JobFilter[] filters =
        [
            all, own, all with { Before = Ended / 2 }, own with { Before = Ended / 2 }, own with { Model = "none" },
            own with { OldestFirst = true }, own with { States = [JobState.Running] },
            own with { States = [JobState.Cancelled] },
            own with { From = Now.AddMinutes(-5) }, own with { Until = Now.AddDays(-89) },
            all with { From = Now.AddMinutes(-5) },
            all with { Until = Now.AddDays(-89), OldestFirst = true },
        ];
        foreach (var filter in filters) await Database.Lists.ReadJobsAsync(filter, Cancel);
        await Database.Lists.ReadRecentRunsAsync(50, Cancel);
        await Database.Library.FindTaggedAsync(account, "favorite", Ended / 2, 20, Cancel);
        await Database.Library.SetTagsAsync(Ended / 2, account, ["favorite"], Cancel);
        await Database.Library.ReadTagsAsync([1, 2, 3], Cancel);
    }

    private async Task LookBackAsync()
    {
        await Database.Jobs.FindAsync(Ended / 2, Cancel);
        await Database.Lists.ReadPastRunsAsync(Ended / 2, Cancel);
        await Database.Deliveries.ReadDeliveriesAsync(Ended / 2, account, Cancel);
        await Database.Ledger.ReadBalanceAsync(account, Cancel);
        foreach (var day in new[] { 45, 0 })
            await Database.Ledger.ReadStatementAsync(account, Now.AddDays(-day - 1), Now.AddDays(-day), Cancel)
                .CountAsync(Cancel);
        await Database.Ledger.AddCreditAsync(new(account, "USD", 10, null) { Reference = "payment" }, "key 1", Cancel);
        await Database.FileCounts.CountFilesAsync([new("results/new", account, 7)], Cancel);
        await Database.FileCounts.UncountFilesAsync(["results/new", "results/9"], Cancel);
        await Database.FileCounts.ReadStoredBytesAsync(account, Cancel);
        await Database.FileCounts.ReadCountedKeysAsync("results/5", Now, 1000, Cancel);
        await Database.Retention.ReadFilesAsync([1, Ended / 2], Cancel);
        await Database.Retention.ReadFilesAsync([new string('a', 32)], Cancel);
    }

    private async Task DeliverAsync()
    {
        var due = await Database.Deliveries.TakeDueDeliveriesAsync(new(Now.AddMinutes(1), 10, 10, 10, []), Cancel);
        foreach (var delivery in due.Taken)
            await Database.Deliveries.RecordTryAsync(
                delivery.Id, new(delivery.Tries + 1, Now, 200, 5, null, null), DeliveryState.Delivered, null, Cancel);
        await Database.Deliveries.RedeliverAsync(Ended / 2, account, Cancel);
    }

    private Task<int> PruneAsync() => Database.Retention.PruneAsync(
        new PruneRequest(100) { Jobs = Now.AddDays(-30), Deliveries = Now.AddDays(-30), Keys = Now.AddDays(-30) }, Cancel);

    /// <summary>The statements in a log of auto_explain, and the most rows of a large table that one step of each read.</summary>
    private static IEnumerable<(string Text, double Rows)> Plans(string log)
    {
        StringBuilder? open = null;
        foreach (var line in log.Split('\n'))
        {
            if (open is not null && line.StartsWith('\t'))
            {
                open.Append(line);
                continue;
            }

            if (open is not null)
            {
                using var plan = JsonDocument.Parse(open.ToString());
                var text = plan.RootElement.GetProperty("Query Text").GetString()!;
                yield return (text, RowsOf(plan.RootElement.GetProperty("Plan")));
            }

            open = line.EndsWith("plan:", StringComparison.Ordinal) ? new() : null;
        }
    }

    private static double RowsOf(JsonElement step)
    {
        var read = step.TryGetProperty("Relation Name", out var table) && Grown.Contains(table.GetString())
            ? Number("Actual Loops")
                * (Number("Actual Rows") + Number("Rows Removed by Filter") + Number("Rows Removed by Index Recheck"))
            : 0;
        return step.TryGetProperty("Plans", out var steps) ? Math.Max(read, steps.EnumerateArray().Max(RowsOf)) : read;

        double Number(string name) => step.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
    }
}
