using System.Globalization;
using Npgsql;
using Rushes.Database.Postgres;
using Rushes.Files.S3;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Work;

namespace Rushes.Tests.Faults.Run;

/// <summary>
/// What is found when everything is quiet again: in PostgreSQL's own tables, in the bucket, and at the customer's server. Of
/// each promise the count of jobs that break it.
/// </summary>
internal sealed class Verdict
{
    private readonly Dictionary<string, int> broken = [];

    private Verdict(List<Row> jobs) => Jobs = jobs;

    public IReadOnlyList<Row> Jobs { get; }

    /// <summary>The number of violations by promise.</summary>
    public IReadOnlyDictionary<string, int> Broken => broken;

    public bool IsGood => broken.Values.All(count => count == 0);

    /// <summary>Of all books together, in millionths.</summary>
    public long LedgerSum { get; private set; }

    public int StraysBefore { get; private set; }

    /// <summary>That the sweep did not know.</summary>
    public IReadOnlyList<string> StraysLeft { get; private set; } = [];

    public static async Task<Verdict> OfAsync(Site site, Load load, Callbacks callbacks, int account, CancellationToken cancel)
    {
        var verdict = new Verdict(await ReadAsync(site,
            "SELECT id, state, attempts, interruptions, result_key, result_bytes, price, input, "
                + "error_code, error_message FROM jobs WHERE account = $1",
            account, Row.Read));
        verdict.HoldOrders([.. load.Orders]);
        verdict.broken["failed because of a sick engine"] = verdict.Jobs.Count(
            job => job.Message?.Contains(SickEngine.Program, StringComparison.Ordinal) == true);
        await verdict.SendAgainAsync(load, cancel);
        await verdict.HoldBooksAsync(site, account);
        await verdict.HoldCallbacksAsync(site, [.. load.Orders], callbacks, account);
        await verdict.HoldFilesAsync(site, cancel);
        return verdict;
    }

    /// <summary>Compares the clients' view of the jobs with the database.</summary>
    private void HoldOrders(Order[] orders)
    {
        var jobs = Jobs.ToDictionary(job => job.Name);
        var acknowledged = orders.Where(order => order.Id is not null).ToList();
        broken["never acknowledged"] = orders.Length - acknowledged.Count;
        broken["lost: acknowledged and not there"] = acknowledged.Count(order => !jobs.ContainsKey(order.Id!));
        broken["lost: acknowledged and not ended"] = acknowledged.Count(
            order => jobs.TryGetValue(order.Id!, out var job) && job.End is null);
        broken["double: two jobs of one key, or one that nobody asked for"] = acknowledged.GroupBy(
            order => order.Id).Sum(same => same.Count() - 1)
            + jobs.Keys.Except(acknowledged.Select(order => order.Id!)).Count();
        broken["ended otherwise than was told"] = acknowledged.Count(
            order => order.End is not null && jobs.TryGetValue(order.Id!, out var job) && job.End != order.End);
        broken["cancelled and made all the same"] = acknowledged.Count(
            order => order.Cancelled && jobs.TryGetValue(order.Id!, out var job) && job.End != "CANCELLED");
    }

    private async Task SendAgainAsync(Load load, CancellationToken cancel)
    {
        broken["double: a key sent again made another job"] = 0;
        foreach (var order in load.Orders.Where(order => order.Id is not null).Take(50))
            if (await load.SendAgainAsync(order, cancel) != order.Id) broken["double: a key sent again made another job"]++;
    }

    private async Task HoldBooksAsync(Site site, int account)
    {
        LedgerSum = long.Parse(
            await site.Postgres.ReadAsync("rushes", "SELECT coalesce(sum(balance), 0)::bigint FROM ledger_accounts"),
            CultureInfo.InvariantCulture);
        broken["ledger: books that do not match their entries"] = (await ReadAsync(site,
            """
            SELECT id FROM ledger_accounts LEFT JOIN LATERAL (
              SELECT coalesce(sum(CASE WHEN target = ledger_accounts.id THEN amount ELSE -amount END), 0) AS sum
              FROM ledger_entries WHERE target = ledger_accounts.id OR source = ledger_accounts.id) AS moved ON true
            WHERE balance <> moved.sum OR $1 < 0
            """, account, row => row.GetInt32(0))).Count;
        broken["ledger: credit still held"] = int.Parse(
            await site.Postgres.ReadAsync(
                "rushes", $"SELECT count(*) FROM ledger_accounts WHERE kind = 1 AND balance <> 0 AND account = {account}"),
            CultureInfo.InvariantCulture);
        var entries = (await ReadAsync(
            site, "SELECT job, kind FROM ledger_entries WHERE account = $1 AND job IS NOT NULL ORDER BY id", account,
            row => (Job: row.GetInt64(0), Kind: row.GetInt16(1)))).ToLookup(entry => entry.Job, entry => entry.Kind);
        // 1 hold, 2 capture, 3 release.
        broken["ledger: not held once and settled once, as the job ended"] = Jobs.Count(
            job => !entries[job.Id].SequenceEqual([(short)1, (short)(job.State == JobState.Completed ? 2 : 3)]));
        if (LedgerSum != 0) broken["ledger: its sum is not zero"] = 1;
    }

    private async Task HoldCallbacksAsync(Site site, Order[] orders, Callbacks callbacks, int account)
    {
        var deliveries = (await ReadAsync(site, "SELECT job, id, state FROM deliveries WHERE account = $1", account,
            row => (Job: row.GetInt64(0), Id: $"msg_{row.GetInt64(1)}", State: row.GetInt16(2))))
                .ToLookup(delivery => $"{delivery.Job}");
        var jobs = Jobs.ToDictionary(job => job.Name);
        broken["callbacks: none or several of one job, or one nobody asked for"] = Jobs.Count(
            job => deliveries[job.Name].Count() > 1)
            + orders.Count(order => order.Id is not null && deliveries[order.Id].Any() != order.CalledBack);
        broken["callbacks: not delivered"] = deliveries.Sum(job => job.Count(delivery => delivery.State != 1));
        broken["callbacks: under another id, or of another end"] = Jobs.Count(job => callbacks.Of(job.Name).Any(received =>
            received.Status != job.End || deliveries[job.Name].All(delivery => delivery.Id != received.Id)));
        broken["callbacks: delivered and never received"] = deliveries.Count(
            job => job.Any(delivery => delivery.State == 1) && callbacks.Of(job.Key).Count == 0);
    }

    /// <summary>Everything a job names is there, before and after a sweep of a day later, and after it nothing else.</summary>
    private async Task HoldFilesAsync(Site site, CancellationToken cancel)
    {
        using var store = await S3FileStore.OpenAsync(site.Bucket, S3Server.Credentials, TimeProvider.System, cancel);
        await using var database = await PostgresDatabase.OpenAsync(
            PostgresUrl.Parse(site.Postgres.Url("rushes")), new RetryPolicy(), TimeProvider.System, cancel);
        var wanted = Jobs.SelectMany(job => job.Files).ToHashSet();
        var before = await ListAsync(store, cancel);
        broken["files: a video or an input is missing"] = wanted.Count(key => !before.ContainsKey(key));
        broken["files: a video is not whole"] = Jobs.Count(
            job => job.ResultKey is { } key && before.TryGetValue(key, out var bytes) && bytes != job.ResultBytes);
        StraysBefore = before.Keys.Except(wanted).Count();

        await new FileSweep(database.Retention, store, new KeepRules(), new Tomorrow()).RunAsync(cancel);
        var after = await ListAsync(store, cancel);
        StraysLeft = [.. after.Keys.Except(wanted)];
        broken["files: strays left by the sweep"] = StraysLeft.Count;
        broken["files: swept although a job names them"] = wanted.Count(
            key => before.ContainsKey(key) && !after.ContainsKey(key));
    }

    private static async Task<Dictionary<string, long>> ListAsync(S3FileStore store, CancellationToken cancel) =>
        await store.ListAsync("", cancel)
            .Where(file => file.Key != StoreOwner.Key)
            .ToDictionaryAsync(file => file.Key, file => file.Bytes, cancellationToken: cancel);

    private static async Task<List<T>> ReadAsync<T>(Site site, string sql, int account, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = await site.Postgres.ConnectAsync("rushes");
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = account } } };
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>A job in the database.</summary>
    internal sealed record Row(
        long Id, JobState State, int Attempts, int Interruptions, string? ResultKey, long ResultBytes, long Price, string Input,
        string? Error, string? Message)
    {
        public string Name => Id.ToString(CultureInfo.InvariantCulture);

        /// <summary>The final state for clients; null if it has not ended.</summary>
        public string? End =>
            State switch
            {
                JobState.Completed => "COMPLETED", JobState.Failed => "FAILED", JobState.Cancelled => "CANCELLED", _ => null,
            };

        public IEnumerable<string> Files =>
            JobRun.StoredFiles(JobInput.Parse(Input)).Select(file => file.Uri.Key).Concat(ResultKey is null ? [] : [ResultKey]);

        public static Row Read(NpgsqlDataReader row) => new(
            row.GetInt64(0), (JobState)row.GetInt16(1), row.GetInt32(2), row.GetInt32(3),
            row.IsDBNull(4) ? null : row.GetString(4), row.GetInt64(5), row.GetInt64(6),
            row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8), row.IsDBNull(9) ? null : row.GetString(9));
    }

    /// <summary>The time after which the sweep may delete an unknown file.</summary>
    private sealed class Tomorrow : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddHours(25);
    }
}
