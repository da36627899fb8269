using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>Leases the first queued job of some lanes whose account is below its concurrency limit.</summary>
internal sealed class Claim(ClaimRequest request, CancellationToken cancel) : Write<Lease?>(cancel)
{
    /// <summary>As in <see cref="JobLifecycle.MayClaim"/>; parameter 2 is the current time.</summary>
    private const string InTime =
        $"(state = {StateNumbers.Retry} OR start_by IS NULL OR start_by > $2) AND (deadline IS NULL OR deadline > $2)";

    // After all writes that queue jobs.
    public override int Order => 3;

    public override async Task RunAllAsync(IReadOnlyList<Write> writes, Transaction transaction)
    {
        var claims = writes.Cast<Claim>().ToArray();
        // A claim that checks concurrency limits or loaded models depends on the claims before it. Of all others, those that
        // ask for the same jobs share one statement.
        var free = claims.Where(claim => claim.Request is { MaxRunning: null, Warm: null })
            .GroupBy(claim => claim.Wanted).Select(same => same.ToArray()).ToArray();
        var changes = Array.ConvertAll(free, same => Take(same, transaction, [.. same[0].Request.ExceptAccounts]));
        if (changes.Length > 0) await transaction.RunAsync(changes);
        for (var i = 0; i < free.Length; i++) Keep(free[i], changes[i].Rows, transaction);

        var others = Array.FindAll(claims, claim => claim.Request is not { MaxRunning: null, Warm: null });
        if (others.Length > 0) await TakeEachAsync(others, transaction);
        await DeliveryStore.AddAsync(transaction, [.. claims.Select(claim => claim.Result).OfType<Lease>().SelectMany(StartOf)]);

        var started = claims.Select(claim => claim.Result).OfType<Lease>().Where(lease => lease.Job.Turn > 0)
            .Select(lease => (new Turns.Class(lease.Job.Lane, lease.Job.Tier, lease.Job.Priority), lease.Job.Turn)).ToArray();
        if (started.Length > 0) await transaction.RunAsync(Turns.Start(started));
    }

    private ClaimRequest Request => request;

    /// <summary>Which jobs it may take.</summary>
    private string Wanted => string.Join('\0', [
        .. request.Lanes.Distinct(), "", .. request.Models ?? ["*"], "", .. request.Except.Select(id => $"{id}"), "",
        .. request.ExceptAccounts.Select(id => $"{id}"),
    ]);

    /// <summary>The webhook events of a claim.</summary>
    private static IEnumerable<(Job, WebhookEvents)> StartOf(Lease lease) =>
        JobTransition.Of(lease.Job with { State = JobState.Pending, Fence = lease.Fence - 1 }, lease.Job).Events
            .Select(occurred => (lease.Job, occurred));

    private static async Task TakeEachAsync(Claim[] claims, Transaction transaction)
    {
        // Counted by each group, so that ended and expired runs of all gateways are included.
        var running = !Array.Exists(claims, claim => claim.Request.MaxRunning is not null) ? []
            : (await transaction.ReadAsync(
                $"SELECT account, count(*) FROM jobs WHERE state = {StateNumbers.Running} GROUP BY account",
                [],
                row => (Account: row.Int(0), Count: row.Long(1))))
                .ToDictionary(row => row.Account, row => row.Count);
        foreach (var claim in claims)
        {
            int[] full = claim.Request.MaxRunning is { } most
                ? [.. running.Where(account => account.Value >= most(account.Key)).Select(account => account.Key)]
                : [];
            full = [.. full, .. claim.Request.ExceptAccounts];
            var warm = claim.Request.Warm is { } wanted ? await claim.WarmAsync(wanted, full, transaction) : null;
            var change = Take([claim], transaction, full, warm);
            await transaction.RunAsync(change);
            // Another transaction has locked that row.
            if (warm is not null && change.Rows.Count == 0) await transaction.RunAsync(change = Take([claim], transaction, full));
            Keep([claim], change.Rows, transaction);
            if (claim.Result is { Job.Account: var taken }) running[taken] = running.GetValueOrDefault(taken) + 1;
        }
    }

    /// <summary>
    /// The first jobs of each lane are one index scan; the first of these are claimed, each by the claim in the same place.
    /// Rows locked by others, such as an operator's transaction, are skipped. One statement selects and claims, so that the
    /// claims of a group run together. It repeats <see cref="JobLifecycle.Claim"/> in SQL; the histories of the conformance
    /// suite compare them.
    /// </summary>
    /// <param name="claims">Claims of the same jobs.</param>
    /// <param name="only">Only this job.</param>
    private static Change<(Job Job, int Place)> Take(
        Claim[] claims, Transaction transaction, int[] full, long? only = null) => new(
        $"""
        WITH picked AS MATERIALIZED (
          SELECT head.id AS picked,
            row_number() OVER (ORDER BY head.tier DESC, head.priority DESC, head.turn, head.id)::integer AS place
          FROM unnest($1::text[]) AS asked (lane) CROSS JOIN LATERAL (
            SELECT id, tier, priority, turn FROM jobs
            WHERE lane = asked.lane AND state IN {StateNumbers.Queued}
              AND {InTime}
              AND account <> ALL ($3::integer[]) AND ($4::text[] IS NULL OR model = ANY ($4)) AND ($7::bigint IS NULL OR id = $7)
              AND id <> ALL ($8::bigint[])
            ORDER BY tier DESC, priority DESC, turn, id LIMIT $9 FOR UPDATE SKIP LOCKED) AS head
          WHERE NOT EXISTS (SELECT FROM paused_lanes WHERE paused_lanes.lane = asked.lane)
          ORDER BY head.tier DESC, head.priority DESC, head.turn, head.id LIMIT $9)
        UPDATE jobs SET state = {StateNumbers.Running}, fence = fence + 1, worker = ($5::text[])[place],
          lease_until = ($6::timestamptz[])[place], started_at = $2, done = 0, total = 0, stop = false
        FROM picked WHERE id = picked
        RETURNING {JobRow.Columns}, place
        """,
        [
            claims[0].Request.Lanes.Distinct().ToArray(), transaction.Now, full, claims[0].Request.Models?.ToArray(),
            Array.ConvertAll(claims, claim => claim.Request.Worker),
            Array.ConvertAll<Claim, DateTimeOffset?>(claims, claim => claim.Request.Until + transaction.Correction), only,
            claims[0].Request.Except.ToArray(), claims.Length,
        ],
        row => (JobRow.Read(row), row.Int(JobRow.Count)));

    /// <summary>
    /// The first job of a loaded model that may pass the first job: equal in tier and priority, if the first job's own model
    /// or input is not loaded.
    /// </summary>
    private async Task<long?> WarmAsync(WarmStart warm, int[] full, Transaction transaction)
    {
        var found = await transaction.ReadAsync(
            $"""
            WITH head AS MATERIALIZED (
              SELECT head.* FROM unnest($1::text[]) AS asked (lane) CROSS JOIN LATERAL (
                SELECT id, tier, priority, turn FROM jobs
                WHERE lane = asked.lane AND state IN {StateNumbers.Queued}
                  AND {InTime}
                  AND account <> ALL ($3::integer[]) AND ($4::text[] IS NULL OR model = ANY ($4)) AND id <> ALL ($7::bigint[])
                ORDER BY tier DESC, priority DESC, turn, id LIMIT 1) AS head
              WHERE NOT EXISTS (SELECT FROM paused_lanes WHERE paused_lanes.lane = asked.lane)
              ORDER BY head.tier DESC, head.priority DESC, head.turn, head.id LIMIT 1)
            SELECT head.id, warm.id FROM head CROSS JOIN unnest($1::text[]) AS asked (lane) CROSS JOIN LATERAL (
              SELECT near.id, near.turn,
                $8::text IS NOT NULL AND coalesce(near.input::json ->> $8, '') <> $9 AS is_other
              FROM (
                SELECT id, turn, model, input FROM jobs
                WHERE lane = asked.lane AND state IN {StateNumbers.Queued} AND tier = head.tier AND priority = head.priority
                  AND {InTime}
                  AND account <> ALL ($3::integer[]) AND ($4::text[] IS NULL OR model = ANY ($4)) AND id <> ALL ($7::bigint[])
                ORDER BY tier DESC, priority DESC, turn, id LIMIT $5) AS near
              WHERE near.model = ANY ($6::text[])
              ORDER BY is_other, near.turn, near.id LIMIT 1) AS warm
            WHERE NOT EXISTS (SELECT FROM paused_lanes WHERE paused_lanes.lane = asked.lane)
            ORDER BY warm.is_other, warm.turn, warm.id LIMIT 1
            """,
            [
                request.Lanes.Distinct().ToArray(), transaction.Now, full, request.Models?.ToArray(), warm.Within,
                warm.Models.ToArray(), request.Except.ToArray(), warm.Input?.Field, warm.Input?.Value,
            ],
            row => (First: row.Long(0), Warm: row.Long(1)));
        return found is [var (first, id)] && id != first && warm.MayPass(first) ? id : null;
    }

    private static void Keep(Claim[] claims, List<(Job Job, int Place)> taken, Transaction transaction)
    {
        foreach (var claim in claims) claim.Result = null;
        foreach (var (job, place) in taken.OrderBy(each => each.Place))
        {
            var claim = claims[place - 1];
            claim.Result = new Lease(job, job.Fence, claim.Request.Worker, claim.Request.Until + transaction.Correction);
            transaction.Changes.Jobs.Add(JobChange.Of(job, transaction.Now));
        }
    }
}
