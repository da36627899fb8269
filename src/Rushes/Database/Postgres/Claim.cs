using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>Leases the first queued job of some lanes whose account may run one more.</summary>
internal sealed class Claim(ClaimRequest request, CancellationToken cancel) : Write<Lease?>(cancel)
{
    private static readonly int[] Nobody = [];

    // After all that makes or returns jobs.
    public override int Order => 3;

    public override async Task RunAllAsync(IReadOnlyList<Write> writes, Transaction transaction)
    {
        var claims = writes.Cast<Claim>().ToArray();
        // Who is full changes with every claim that has a bound, and who is first with every one that may pass someone over;
        // the others are asked for together.
        var free = Array.FindAll(claims, claim => claim.Request is { MostRunning: null, Warm: null });
        var changes = Array.ConvertAll(free, claim => claim.Take(transaction, Nobody));
        if (changes.Length > 0) await transaction.RunAsync(changes);
        for (var i = 0; i < free.Length; i++) free[i].Keep(changes[i].Rows, transaction);

        var others = Array.FindAll(claims, claim => claim.Request is not { MostRunning: null, Warm: null });
        if (others.Length > 0) await TakeEachAsync(others, transaction);

        var started = claims.Select(claim => claim.Result).OfType<Lease>().Where(lease => lease.Job.Turn > 0)
            .Select(lease => (new Turns.Class(lease.Job.Lane, lease.Job.Tier, lease.Job.Priority), lease.Job.Turn)).ToArray();
        if (started.Length > 0) await transaction.RunAsync(Turns.Start(started));
    }

    private ClaimRequest Request => request;

    private static async Task TakeEachAsync(Claim[] claims, Transaction transaction)
    {
        // Counted anew by every group: whatever ended, fell silent or came back counts at once, wherever it ran.
        var running = !Array.Exists(claims, claim => claim.Request.MostRunning is not null) ? []
            : (await transaction.ReadAsync($"SELECT account, count(*) FROM jobs WHERE state = {StateNumbers.Running} GROUP BY account", [], row => (Account: row.Int(0), Count: row.Long(1))))
                .ToDictionary(row => row.Account, row => row.Count);
        foreach (var claim in claims)
        {
            int[] full = claim.Request.MostRunning is { } most
                ? [.. running.Where(account => account.Value >= most(account.Key)).Select(account => account.Key)]
                : Nobody;
            var warm = claim.Request.Warm is { } wanted ? await claim.WarmAsync(wanted, full, transaction) : null;
            var change = claim.Take(transaction, full, warm);
            await transaction.RunAsync(change);
            // Someone holds that row.
            if (warm is not null && change.Rows.Count == 0) await transaction.RunAsync(change = claim.Take(transaction, full));
            claim.Keep(change.Rows, transaction);
            if (claim.Result is { Job.Account: var taken }) running[taken] = running.GetValueOrDefault(taken) + 1;
        }
    }

    /// <summary>
    /// The first of each lane is one step into the index, and of those the first is taken. A row that someone else holds,
    /// such as an operator in a transaction of their own, is passed over and keeps nobody waiting. One statement picks and
    /// takes, so that claims of a group go together: it is <see cref="JobLifecycle.Claim"/> as SQL, and the histories of the
    /// conformance suite hold it to that.
    /// </summary>
    /// <param name="only">Nothing but this job.</param>
    private Change<Job> Take(Transaction transaction, int[] full, long? only = null) => new(
        $"""
        WITH picked AS MATERIALIZED (
          SELECT head.id AS picked FROM unnest($1::text[]) AS asked (lane) CROSS JOIN LATERAL (
            SELECT id, tier, priority, turn FROM jobs
            WHERE lane = asked.lane AND state IN {StateNumbers.Queued} AND (state = {StateNumbers.Retry} OR start_by IS NULL OR start_by > $2)
              AND account <> ALL ($3::integer[]) AND ($4::text[] IS NULL OR model = ANY ($4)) AND ($7::bigint IS NULL OR id = $7)
              AND id <> ALL ($8::bigint[])
            ORDER BY tier DESC, priority DESC, turn, id LIMIT 1 FOR UPDATE SKIP LOCKED) AS head
          WHERE NOT EXISTS (SELECT FROM paused_lanes WHERE paused_lanes.lane = asked.lane)
          ORDER BY head.tier DESC, head.priority DESC, head.turn, head.id LIMIT 1)
        UPDATE jobs SET state = {StateNumbers.Running}, fence = fence + 1, worker = $5, lease_until = $6, started_at = $2, done = 0, total = 0, stop = false
        FROM picked WHERE id = picked
        RETURNING {JobRow.Columns}
        """,
        [request.Lanes.Distinct().ToArray(), transaction.Now, full, request.Models?.ToArray(), request.Worker, request.Until + transaction.Correction, only, request.Except.ToArray()],
        JobRow.Read);

    /// <summary>
    /// The first equal of the first job whose model is loaded, if that job's own is not and it may be passed over.
    /// </summary>
    private async Task<long?> WarmAsync(WarmStart warm, int[] full, Transaction transaction)
    {
        var found = await transaction.ReadAsync(
            $"""
            WITH head AS MATERIALIZED (
              SELECT head.* FROM unnest($1::text[]) AS asked (lane) CROSS JOIN LATERAL (
                SELECT id, tier, priority, turn FROM jobs
                WHERE lane = asked.lane AND state IN {StateNumbers.Queued} AND (state = {StateNumbers.Retry} OR start_by IS NULL OR start_by > $2)
                  AND account <> ALL ($3::integer[]) AND ($4::text[] IS NULL OR model = ANY ($4)) AND id <> ALL ($7::bigint[])
                ORDER BY tier DESC, priority DESC, turn, id LIMIT 1) AS head
              ORDER BY head.tier DESC, head.priority DESC, head.turn, head.id LIMIT 1)
            SELECT head.id, warm.id FROM head CROSS JOIN unnest($1::text[]) AS asked (lane) CROSS JOIN LATERAL (
              SELECT near.id, near.turn FROM (
                SELECT id, turn, model FROM jobs
                WHERE lane = asked.lane AND state IN {StateNumbers.Queued} AND tier = head.tier AND priority = head.priority
                  AND (state = {StateNumbers.Retry} OR start_by IS NULL OR start_by > $2)
                  AND account <> ALL ($3::integer[]) AND ($4::text[] IS NULL OR model = ANY ($4)) AND id <> ALL ($7::bigint[])
                ORDER BY tier DESC, priority DESC, turn, id LIMIT $5) AS near
              WHERE near.model = ANY ($6::text[])
              ORDER BY near.turn, near.id LIMIT 1) AS warm
            ORDER BY warm.turn, warm.id LIMIT 1
            """,
            [request.Lanes.Distinct().ToArray(), transaction.Now, full, request.Models?.ToArray(), warm.Within, warm.Models.ToArray(), request.Except.ToArray()],
            row => (First: row.Long(0), Warm: row.Long(1)));
        return found is [var (first, id)] && id != first && warm.MayPass(first) ? id : null;
    }

    private void Keep(List<Job> taken, Transaction transaction)
    {
        Result = null;
        if (taken is not [var job]) return;
        Result = new Lease(job, job.Fence, request.Worker, request.Until + transaction.Correction);
        transaction.Changes.Jobs.Add(JobChange.Of(job, transaction.Now));
    }
}
