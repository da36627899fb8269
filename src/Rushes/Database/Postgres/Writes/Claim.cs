using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Leases the first queued job of some lanes whose account may run one more.</summary>
internal sealed class Claim(ClaimRequest request, CancellationToken cancel) : Write<Lease?>(cancel)
{
    private static readonly int[] Nobody = [];

    // After all that makes or returns jobs.
    public override int Order => 3;

    public override async Task RunAllAsync(IReadOnlyList<Write> writes, Transaction transaction)
    {
        var claims = writes.Cast<Claim>().ToArray();
        // Who is full changes with every claim that has a bound; the others are asked for together.
        var free = Array.FindAll(claims, claim => claim.Request.MostRunning is null);
        var changes = Array.ConvertAll(free, claim => claim.Take(transaction, Nobody));
        if (changes.Length > 0) await transaction.RunAsync(changes);
        for (var i = 0; i < free.Length; i++) free[i].Keep(changes[i].Rows, transaction);

        var bounded = Array.FindAll(claims, claim => claim.Request.MostRunning is not null);
        if (bounded.Length > 0) await TakeBoundedAsync(bounded, transaction);

        var started = claims.Select(claim => claim.Result).OfType<Lease>().Where(lease => lease.Job.Turn > 0)
            .Select(lease => (new Turns.Class(lease.Job.Lane, lease.Job.Tier, lease.Job.Priority), lease.Job.Turn)).ToArray();
        if (started.Length > 0) await transaction.RunAsync(Turns.Start(started));
    }

    private ClaimRequest Request => request;

    private static async Task TakeBoundedAsync(Claim[] claims, Transaction transaction)
    {
        // Counted anew by every group: whatever ended, fell silent or came back counts at once, wherever it ran.
        var running = (await transaction.ReadAsync("SELECT account, count(*) FROM jobs WHERE state = 1 GROUP BY account", [], row => (Account: row.Int(0), Count: row.Long(1))))
            .ToDictionary(row => row.Account, row => row.Count);
        foreach (var claim in claims)
        {
            var most = claim.Request.MostRunning!;
            var change = claim.Take(transaction, [.. running.Where(account => account.Value >= most(account.Key)).Select(account => account.Key)]);
            await transaction.RunAsync(change);
            claim.Keep(change.Rows, transaction);
            if (claim.Result is { Job.Account: var taken }) running[taken] = running.GetValueOrDefault(taken) + 1;
        }
    }

    /// <summary>
    /// The first of each lane is one step into the index, and of those the first is taken. A row that someone else holds,
    /// such as an operator in a transaction of their own, is passed over and keeps nobody waiting.
    /// </summary>
    private Change<Job> Take(Transaction transaction, int[] full) => new(
        $"""
        WITH head AS MATERIALIZED (
          SELECT head.* FROM unnest($1::text[]) AS asked (lane) CROSS JOIN LATERAL (
            SELECT id, tier, priority, turn FROM jobs
            WHERE lane = asked.lane AND state IN (0, 2) AND (state = 2 OR start_by IS NULL OR start_by > $2)
              AND account <> ALL ($3::integer[]) AND ($4::text[] IS NULL OR model = ANY ($4))
            ORDER BY tier DESC, priority DESC, turn, id LIMIT 1 FOR UPDATE SKIP LOCKED) AS head
          ORDER BY head.tier DESC, head.priority DESC, head.turn, head.id LIMIT 1)
        UPDATE jobs SET state = 1, fence = fence + 1, worker = $5, lease_until = $6, started_at = $2, done = 0, total = 0, stop = false
        FROM head WHERE jobs.id = head.id
        RETURNING {JobRow.Columns}
        """,
        [request.Lanes.Distinct().ToArray(), transaction.Now, full, request.Models?.ToArray(), request.Worker, request.Until],
        JobRow.ReadJob);

    private void Keep(List<Job> taken, Transaction transaction)
    {
        Result = null;
        if (taken is not [var job]) return;
        transaction.Publish(new JobChange
        {
            Id = job.Id,
            State = job.State,
            Account = job.Account,
            Model = job.Model,
            Lane = job.Lane,
            Tier = job.Tier,
            Priority = job.Priority,
            Turn = job.Turn,
            Work = job.Work,
            StartedAt = transaction.Now,
            Worker = request.Worker,
            Render = job.Plan.Render,
            Draft = job.Draft,
            At = transaction.Now,
        });
        Result = new Lease(job, job.Fence, request.Worker, request.Until);
    }
}
