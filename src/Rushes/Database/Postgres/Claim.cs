using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>Leases the first queued job of some lanes whose account is below its concurrency limit.</summary>
internal sealed class Claim(ClaimRequest request, CancellationToken cancel) : Write<Lease?>(cancel)
{
    /// <summary>
    /// Claims the jobs of the query <c>picked</c>, each for the claim at its <c>place</c>. It repeats <see
    /// cref="JobLifecycle.Claim"/> in SQL; the histories of the conformance suite compare them. Parameter 2 is the current
    /// time, 3 the workers and 4 the ends of the leases.
    /// </summary>
    private const string Update = $"""
        UPDATE jobs SET state = {StateNumbers.Running}, fence = fence + 1, worker = ($3::text[])[place],
          lease_until = ($4::timestamptz[])[place], started_at = $2, done = 0, total = 0, stop = false
        FROM picked WHERE id = picked
        RETURNING {JobRow.Columns}, place
        """;

    /// <summary>As in <see cref="JobLifecycle.MayClaim"/>; parameter 2 is the current time.</summary>
    public const string InTime =
        $"(state = {StateNumbers.Retry} OR start_by IS NULL OR start_by > $2) AND (deadline IS NULL OR deadline > $2)";

    public ClaimRequest Request => request;

    /// <summary>Which jobs it may take.</summary>
    public string Wanted => string.Join('\0', [
        .. request.Lanes.Distinct(), "", .. request.Models ?? ["*"], "", .. request.Except.Select(id => $"{id}"), "",
        .. request.ExceptAccounts.Select(id => $"{id}"),
    ]);

    public bool HasJob => Result is not null;

    // After all writes that queue jobs.
    public override int Order => 3;

    public override async Task RunAllAsync(IReadOnlyList<Write> writes, Transaction transaction)
    {
        var claims = writes.Cast<Claim>().ToArray();
        foreach (var claim in claims) claim.Result = null;
        // A claim that checks concurrency limits or loaded models depends on the claims before it. Of all others, those that
        // ask for the same jobs share one statement.
        var free = claims.Where(claim => claim.Request is { MaxRunning: null, Warm: null })
            .GroupBy(claim => claim.Wanted).Select(same => same.ToArray()).ToArray();
        var changes = Array.ConvertAll(free, same => TakeFirst(same, transaction));
        if (changes.Length > 0) await transaction.RunAsync(changes);
        for (var i = 0; i < free.Length; i++) Keep(free[i], changes[i].Rows, transaction);

        var others = Array.FindAll(claims, claim => claim.Request is not { MaxRunning: null, Warm: null });
        if (others.Length > 0) await new OrderedClaims(others, transaction).RunAsync();
        await DeliveryStore.AddAsync(transaction, [.. claims.Select(claim => claim.Result).OfType<Lease>().SelectMany(StartOf)]);

        var started = claims.Select(claim => claim.Result).OfType<Lease>().Where(lease => lease.Job.Turn > 0)
            .Select(lease => (new Turns.Class(lease.Job.Lane, lease.Job.Tier, lease.Job.Priority), lease.Job.Turn)).ToArray();
        if (started.Length > 0) await transaction.RunAsync(Turns.Start(started));
    }

    /// <summary>
    /// Claims these jobs, each for the claim in the same place, except those that others have locked, such as an operator's
    /// transaction.
    /// </summary>
    public static async Task TakeAsync(Claim[] claims, long[] jobs, Transaction transaction)
    {
        var change = new Change<(Job Job, int Place)>(
            $"""
            WITH picked AS MATERIALIZED (
              SELECT jobs.id AS picked, asked.place::integer AS place
              FROM unnest($1::bigint[]) WITH ORDINALITY AS asked (job, place) JOIN jobs ON jobs.id = asked.job
              WHERE jobs.state IN {StateNumbers.Queued} FOR UPDATE OF jobs SKIP LOCKED)
            {Update}
            """,
            [jobs, transaction.Now, Workers(claims), Ends(claims, transaction)],
            ReadTaken);
        await transaction.RunAsync(change);
        Keep(claims, change.Rows, transaction);
    }

    /// <summary>The webhook events of a claim.</summary>
    private static IEnumerable<(Job, WebhookEvents)> StartOf(Lease lease) =>
        JobTransition.Of(lease.Job with { State = JobState.Pending, Fence = lease.Fence - 1 }, lease.Job).Events
            .Select(occurred => (lease.Job, occurred));

    /// <summary>
    /// The first jobs of each lane are one index scan; the first of these are claimed, each by the claim in the same place.
    /// Rows locked by others, such as an operator's transaction, are skipped. One statement selects and claims, so that the
    /// claims of a group run together.
    /// </summary>
    /// <param name="claims">Claims of the same jobs.</param>
    private static Change<(Job Job, int Place)> TakeFirst(Claim[] claims, Transaction transaction) => new(
        $"""
        WITH picked AS MATERIALIZED (
          SELECT head.id AS picked,
            row_number() OVER (ORDER BY head.tier DESC, head.priority DESC, head.turn, head.id)::integer AS place
          FROM unnest($1::text[]) AS asked (lane) CROSS JOIN LATERAL (
            SELECT id, tier, priority, turn FROM jobs
            WHERE lane = asked.lane AND state IN {StateNumbers.Queued}
              AND {InTime}
              AND account <> ALL ($5::integer[]) AND ($6::text[] IS NULL OR model = ANY ($6)) AND id <> ALL ($7::bigint[])
            ORDER BY tier DESC, priority DESC, turn, id LIMIT $8 FOR UPDATE SKIP LOCKED) AS head
          WHERE NOT EXISTS (SELECT FROM paused_lanes WHERE paused_lanes.lane = asked.lane)
          ORDER BY head.tier DESC, head.priority DESC, head.turn, head.id LIMIT $8)
        {Update}
        """,
        [
            claims[0].Request.Lanes.Distinct().ToArray(), transaction.Now, Workers(claims), Ends(claims, transaction),
            claims[0].Request.ExceptAccounts.ToArray(), claims[0].Request.Models?.ToArray(), claims[0].Request.Except.ToArray(),
            claims.Length,
        ],
        ReadTaken);

    private static string[] Workers(Claim[] claims) => Array.ConvertAll(claims, claim => claim.Request.Worker);

    private static DateTimeOffset?[] Ends(Claim[] claims, Transaction transaction) =>
        Array.ConvertAll<Claim, DateTimeOffset?>(claims, claim => claim.Request.Until + transaction.Correction);

    private static (Job Job, int Place) ReadTaken(Row row) => (JobRow.Read(row), row.Int(JobRow.Count));

    private static void Keep(Claim[] claims, List<(Job Job, int Place)> taken, Transaction transaction)
    {
        foreach (var (job, place) in taken.OrderBy(each => each.Place))
        {
            var claim = claims[place - 1];
            claim.Result = new Lease(job, job.Fence, claim.Request.Worker, claim.Request.Until + transaction.Correction);
            transaction.Changes.Jobs.Add(JobChange.Of(job, transaction.Now));
        }
    }
}
