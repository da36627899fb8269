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

    private readonly string? models = Json(request.Models);
    private readonly string? warm = Json(request.Warm?.Models);
    private readonly string? except = request.Except.Count == 0
        ? null
        : JsonSerializer.Serialize(request.Except, ClaimJson.Default.IReadOnlyListInt64);

    public Lease? Apply(Transaction transaction)
    {
        var full = FullAccounts(transaction);
        Head? first = null;
        foreach (var lane in request.Lanes)
            if (HeadOf(lane, full, transaction) is { } head && (first is null || head.Key < first.Value.Key))
                first = head;

        return first is { } found ? Take(WarmBefore(found, full, transaction) ?? found, transaction) : null;
    }

    /// <summary>
    /// The first job of a loaded model that may pass the first job: equal in tier and priority, if the first job's own model
    /// or input is not loaded.
    /// </summary>
    private Head? WarmBefore(Head first, string? full, Transaction transaction)
    {
        if (request.Warm is not { } wanted) return null;
        (bool IsOther, Head Head)? best = null;
        foreach (var lane in request.Lanes)
            if (WarmOf(lane, first.Key, wanted, full, transaction) is { } found && (best is null
                || (found.IsOther, found.Head.Key).CompareTo((best.Value.IsOther, best.Value.Head.Key)) < 0))
                best = found;
        return best is var (_, head) && head.Key.Id != first.Key.Id && wanted.MayPass(first.Key.Id) ? head : null;
    }

    private (bool IsOther, Head Head)? WarmOf(
        string lane, QueueKey equal, WarmStart wanted, string? full, Transaction transaction)
    {
        using var select = transaction.Prepare($"""
            SELECT turn, id, ?10 IS NOT NULL AND ifnull(input ->> ?10, '') <> ?11 AS is_other FROM (
              SELECT turn, id, model, input FROM jobs INDEXED BY jobs_queued
              WHERE lane = ?1 AND state IN {StateNumbers.Queued} AND tier = ?5 AND priority = ?6
                AND {InTime}
                AND NOT EXISTS (SELECT 1 FROM paused_lanes WHERE lane = ?1)
                AND account NOT IN (SELECT value FROM json_each(?3))
                AND (?4 IS NULL OR model IN (SELECT value FROM json_each(?4)))
                AND (?9 IS NULL OR id NOT IN (SELECT value FROM json_each(?9)))
              ORDER BY turn, id LIMIT ?7)
            WHERE model IN (SELECT value FROM json_each(?8))
            ORDER BY is_other, turn, id LIMIT 1
            """);
        select.Bind(lane)
            .Bind(transaction.Now)
            .Bind(full ?? "[]")
            .Bind(models)
            .Bind(equal.Tier)
            .Bind(equal.Priority)
            .Bind(wanted.Within)
            .Bind(warm)
            .Bind(except)
            .Bind(wanted.Input?.Field)
            .Bind(wanted.Input?.Value);
        return select.Step()
            ? (select.Int(2) != 0, new Head(lane, equal with { Turn = select.Long(0), Id = select.Long(1) }))
            : null;
    }

    /// <summary>Accounts whose jobs are not claimed, as a JSON array; null if there are none.</summary>
    private string? FullAccounts(Transaction transaction)
    {
        List<int> full = [.. request.ExceptAccounts];
        if (request.MaxRunning is { } most) AddFull(full, most, transaction);
        return full.Count == 0 ? null : JsonSerializer.Serialize(full, ClaimJson.Default.ListInt32);
    }

    /// <summary>
    /// Accounts at their concurrency limit. Counted by each claim, so that ended and expired runs are included. There are only as
    /// many running jobs as worker slots.
    /// </summary>
    private static void AddFull(List<int> full, Func<int, int?> most, Transaction transaction)
    {
        using var select = transaction.Prepare(
            $"SELECT account, count(*) FROM jobs INDEXED BY jobs_running WHERE state = {StateNumbers.Running} GROUP BY account");
        while (select.Step())
            if (select.Int(1) >= most(select.Int(0))) full.Add(select.Int(0));
    }

    private Head? HeadOf(string lane, string? full, Transaction transaction)
    {
        var plain = full is null && request.Models is null && except is null;
        // Skips the jobs of accounts at their limit within the index, in less than a microsecond each.
        using var select = transaction.Prepare(plain
            ? $"""
              SELECT tier, priority, turn, id FROM jobs INDEXED BY jobs_queued
              WHERE lane = ?1 AND state IN {StateNumbers.Queued}
                AND {InTime}
                AND NOT EXISTS (SELECT 1 FROM paused_lanes WHERE lane = ?1)
              ORDER BY tier DESC, priority DESC, turn, id LIMIT 1
              """
            : $"""
              SELECT tier, priority, turn, id FROM jobs INDEXED BY jobs_queued
              WHERE lane = ?1 AND state IN {StateNumbers.Queued}
                AND {InTime}
                AND NOT EXISTS (SELECT 1 FROM paused_lanes WHERE lane = ?1)
                AND account NOT IN (SELECT value FROM json_each(?3))
                AND (?4 IS NULL OR model IN (SELECT value FROM json_each(?4)))
                AND (?5 IS NULL OR id NOT IN (SELECT value FROM json_each(?5)))
              ORDER BY tier DESC, priority DESC, turn, id LIMIT 1
              """);
        select.Bind(lane).Bind(transaction.Now);
        if (!plain) select.Bind(full ?? "[]").Bind(models).Bind(except);
        return select.Step() ? new Head(lane, new QueueKey(select.Int(0), select.Int(1), select.Long(2), select.Long(3))) : null;
    }

    private Lease? Take(Head head, Transaction transaction)
    {
        if (transaction.FindJob(head.Key.Id) is not { } job) return null;
        if (JobLifecycle.Claim(job, request.Worker, request.Until, transaction.Now) is not { } claimed) return null;
        // Before the job is changed. A turn or a delivery stored without a claim does no harm, so the claim needs no savepoint.
        if (head.Key.Turn > 0) Turns.Start(transaction, head.Lane, head.Key.Tier, head.Key.Priority, head.Key.Turn);
        transaction.Apply(claimed);
        return new Lease(claimed.After, claimed.After.Fence, request.Worker, request.Until);
    }

    private static string? Json(IReadOnlyList<string>? ids) =>
        ids is null ? null : JsonSerializer.Serialize(ids, ClaimJson.Default.IReadOnlyListString);

    private readonly record struct Head(string Lane, QueueKey Key);
}

[JsonSerializable(typeof(List<int>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<long>))]
internal sealed partial class ClaimJson : JsonSerializerContext;
