using System.Text.Json;
using System.Text.Json.Serialization;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>Leases the first queued job of some lanes whose account is below its concurrency limit.</summary>
internal sealed class Claim(ClaimRequest request)
{
    /// <summary>As in <see cref="JobLifecycle.MayClaim"/>; parameter 2 is the current time.</summary>
    private const string InTime =
        $"(state = {StateNumbers.Retry} OR start_by IS NULL OR start_by > ?2) AND (deadline IS NULL OR deadline > ?2)";

    private const string Columns = "tier, priority, turn, id, account";

    private const string Queued = $"""
        FROM jobs INDEXED BY jobs_queued
        WHERE lane = ?1 AND state IN {StateNumbers.Queued}
          AND {InTime}
          AND NOT EXISTS (SELECT 1 FROM paused_lanes WHERE lane = ?1)
        """;

    // Skips the jobs of accounts at their limit within the index, in less than a microsecond each.
    private const string Wanted = """
          AND account NOT IN (SELECT value FROM json_each(?3))
          AND (?4 IS NULL OR model IN (SELECT value FROM json_each(?4)))
          AND (?5 IS NULL OR id NOT IN (SELECT value FROM json_each(?5)))
        """;

    private const string InOrder = "ORDER BY tier DESC, priority DESC, turn, id";

    private const string SelectAny = $"SELECT {Columns} {Queued} {InOrder}";

    private const string SelectWanted = $"SELECT {Columns} {Queued} {Wanted} {InOrder}";

    private const string SelectWarm = $"""
        SELECT {Columns}, model,
          CASE WHEN ?7 IS NOT NULL AND model IN (SELECT value FROM json_each(?6)) THEN ifnull(input ->> ?7, '') END
        {Queued} {Wanted} {InOrder}
        """;

    private readonly string? models = Json(request.Models);
    private readonly string? warm = Json(request.Warm?.Models);
    private readonly string? except = request.Except.Count == 0
        ? null
        : JsonSerializer.Serialize(request.Except, ClaimJson.Default.IReadOnlyListInt64);

    // The accounts whose jobs are not claimed, as a JSON array; null until they are needed.
    private string? full;

    public Lease? Apply(Transaction transaction)
    {
        full = null;
        return ClaimOrder.First([.. request.Lanes.Select(lane => JobsOf(lane, transaction))], request.Warm) is { } first
            ? Take(first, transaction)
            : null;
    }

    /// <summary>
    /// The jobs of a lane that it may claim, in order. Only at the first job of an account at its limit are all such accounts
    /// looked up.
    /// </summary>
    private IEnumerable<Candidate> JobsOf(string lane, Transaction transaction)
    {
        var passed = 0;
        if (full is null)
        {
            using var select = Select(lane, transaction);
            var isFull = false;
            while (!isFull && select.Step())
            {
                var job = Read(select, lane);
                isFull = IsFull(job.Account, transaction);
                if (isFull) continue;
                passed++;
                yield return job;
            }

            if (!isFull) yield break;
        }

        full ??= FullAccounts(transaction);
        using var others = Select(lane, transaction);
        for (var read = 0; others.Step(); read++)
            if (read >= passed) yield return Read(others, lane);
    }

    private Statement Select(string lane, Transaction transaction)
    {
        var isWarm = request.Warm is not null;
        var any = !isWarm && full is null && request.ExceptAccounts.Count == 0 && models is null && except is null;
        var select = transaction.Prepare(any ? SelectAny : isWarm ? SelectWarm : SelectWanted);
        select.Bind(lane).Bind(transaction.Now);
        if (!any) select.Bind(full ?? Json(request.ExceptAccounts)).Bind(models).Bind(except);
        if (isWarm) select.Bind(warm).Bind(request.Warm!.Input?.Field);
        return select;
    }

    private Candidate Read(Statement row, string lane)
    {
        var key = new QueueKey(row.Int(0), row.Int(1), row.Long(2), row.Long(3));
        return request.Warm is null
            ? new Candidate(key, lane, row.Int(4))
            : new Candidate(key, lane, row.Int(4), row.Text(5), row.TextOrNull(6));
    }

    private bool IsFull(int account, Transaction transaction) =>
        request.MaxRunning is { } most && transaction.Running.GetValueOrDefault(account) >= most(account);

    /// <summary>Accounts at their concurrency limit, and those that are not leased to this worker, as a JSON array.</summary>
    private string FullAccounts(Transaction transaction) => Json(
        [.. request.ExceptAccounts, .. transaction.Running.Keys.Where(account => IsFull(account, transaction))]);

    private Lease? Take(Candidate first, Transaction transaction)
    {
        var key = first.Key;
        if (transaction.FindJob(key.Id) is not { } job) return null;
        if (JobLifecycle.Claim(job, request.Worker, request.Until, transaction.Now) is not { } claimed) return null;
        // Before the job is changed. A turn or a delivery stored without a claim does no harm, so the claim needs no savepoint.
        if (key.Turn > 0) Turns.Start(transaction, first.Lane, key.Tier, key.Priority, key.Turn);
        transaction.Apply(claimed);
        return new Lease(claimed.After, claimed.After.Fence, request.Worker, request.Until);
    }

    private static string Json(IReadOnlyList<int> accounts) =>
        JsonSerializer.Serialize(accounts, ClaimJson.Default.IReadOnlyListInt32);

    private static string? Json(IReadOnlyList<string>? ids) =>
        ids is null ? null : JsonSerializer.Serialize(ids, ClaimJson.Default.IReadOnlyListString);
}

[JsonSerializable(typeof(IReadOnlyList<int>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<long>))]
internal sealed partial class ClaimJson : JsonSerializerContext;
