using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// The claims of a group that depend on each other, because accounts have concurrency limits or workers have models loaded.
/// The first jobs of their lanes are read at once, given out in memory in the order of the claims, and claimed by one
/// statement.
/// </summary>
internal sealed class OrderedClaims(Claim[] claims, Transaction transaction)
{
    /// <summary>How many jobs of each lane are read beyond those that the claims need if none is skipped.</summary>
    private const int Spare = 8;

    private readonly HashSet<long> taken = [];
    private Dictionary<int, long> running = [];

    public async Task RunAsync()
    {
        for (var (left, isFirst) = (claims, true); left.Length > 0; isFirst = false)
        {
            var lanes = left.GroupBy(Wanted.Of).ToDictionary(same => same.Key, same => Read([.. same]));
            // Counted by each group of claims, so that ended and expired runs of all gateways are included.
            var counts = isFirst && Array.Exists(left, claim => claim.Request.MaxRunning is not null) ? Count() : null;
            Statement[] first = counts is null ? [] : [counts];
            await transaction.RunAsync([.. first, .. lanes.Values.Select(read => read.Query)]);
            if (counts is not null) running = counts.Rows.ToDictionary(row => row.Account, row => row.Jobs);
            left = await TakeAsync(left, lanes);
        }
    }

    /// <summary>Gives a job to each claim. Returns those that need more jobs to choose from.</summary>
    private async Task<Claim[]> TakeAsync(Claim[] from, Dictionary<Wanted, FirstJobs> lanes)
    {
        var given = new List<(Claim Claim, Candidate Job)>();
        var unknown = new List<Claim>();
        foreach (var claim in from)
        {
            if (!lanes[Wanted.Of(claim)].TryChoose(claim.Request, MayTake, out var job)) unknown.Add(claim);
            else if (job is { } chosen)
            {
                given.Add((claim, chosen));
                taken.Add(chosen.Key.Id);
                running[chosen.Account] = running.GetValueOrDefault(chosen.Account) + 1;
            }
        }

        if (given.Count == 0) return [.. unknown];
        await Claim.TakeAsync(
            [.. given.Select(each => each.Claim)], [.. given.Select(each => each.Job.Key.Id)], transaction);
        var locked = given.FindAll(each => !each.Claim.HasJob);
        foreach (var (_, job) in locked) running[job.Account]--;
        // The jobs of later claims were chosen as if the locked job had been claimed, so they are chosen again.
        return locked.Count == 0 ? [.. unknown] : Array.FindAll(from, claim => !claim.HasJob);
    }

    private bool MayTake(Candidate job, ClaimRequest request) =>
        !taken.Contains(job.Key.Id) && !(running.GetValueOrDefault(job.Account) >= request.MaxRunning?.Invoke(job.Account));

    private static Query<(int Account, long Jobs)> Count() => new(
        $"SELECT account, count(*) FROM jobs WHERE state = {StateNumbers.Running} GROUP BY account", [],
        row => (row.Int(0), row.Long(1)));

    /// <summary>The first jobs of each lane that these claims may take, as far as is known now.</summary>
    /// <param name="same">Claims of the same jobs.</param>
    private FirstJobs Read(Claim[] same)
    {
        var request = same[0].Request;
        var warm = Array.FindAll(same, claim => claim.Request.Warm is not null);
        var count = same.Length + Spare + (warm.Max(claim => claim.Request.Warm?.Within) ?? 0);
        int[] full = request.MaxRunning is { } most
            ? [.. running.Where(account => account.Value >= most(account.Key)).Select(account => account.Key)]
            : [];
        var lanes = request.Lanes.Distinct().ToArray();
        return new FirstJobs(lanes, count, new Query<Candidate>(
            $"""
            SELECT tier, priority, turn, id, asked.lane, account, model, value
            FROM unnest($1::text[]) AS asked (lane) CROSS JOIN LATERAL (
              SELECT tier, priority, turn, id, account, CASE WHEN $7::text[] IS NOT NULL THEN model END AS model,
                CASE WHEN $8::text IS NOT NULL AND model = ANY ($7) THEN coalesce(input::json ->> $8, '') END AS value
              FROM jobs
              WHERE lane = asked.lane AND state IN {StateNumbers.Queued}
                AND {Claim.InTime}
                AND account <> ALL ($3::integer[]) AND ($4::text[] IS NULL OR model = ANY ($4)) AND id <> ALL ($5::bigint[])
              ORDER BY tier DESC, priority DESC, turn, id LIMIT $6) AS head
            WHERE NOT EXISTS (SELECT FROM paused_lanes WHERE paused_lanes.lane = asked.lane)
            """,
            [
                lanes, transaction.Now, (int[])[.. full, .. request.ExceptAccounts], request.Models?.ToArray(),
                (long[])[.. taken, .. request.Except], count,
                warm.Length == 0 ? null : warm.SelectMany(claim => claim.Request.Warm!.Models).Distinct().ToArray(),
                request.Warm?.Input?.Field,
            ],
            row => new Candidate(
                new QueueKey(row.Int(0), row.Int(1), row.Long(2), row.Long(3)), row.Text(4), row.Int(5), row.TextOrNull(6),
                row.TextOrNull(7))));
    }

    /// <summary>Claims that are equal in this may take the same jobs.</summary>
    /// <param name="Jobs">See <see cref="Claim.Wanted"/>.</param>
    private sealed record Wanted(string Jobs, Func<int, int?>? MaxRunning, string? InputField)
    {
        public static Wanted Of(Claim claim) =>
            new(claim.Wanted, claim.Request.MaxRunning, claim.Request.Warm?.Input?.Field);
    }

    /// <summary>The first jobs of some lanes.</summary>
    /// <param name="count">How many of each lane were read at most.</param>
    private sealed class FirstJobs(string[] lanes, int count, Query<Candidate> query)
    {
        private ILookup<string, Candidate>? byLane;

        public Query<Candidate> Query => query;

        /// <summary>Returns false if more jobs must be read to know.</summary>
        public bool TryChoose(ClaimRequest request, Func<Candidate, ClaimRequest, bool> may, out Candidate? job)
        {
            byLane ??= query.Rows.OrderBy(row => row.Key).ToLookup(row => row.Lane);
            var ended = false;
            // MayPass counts its calls, so it must not be called if more jobs have to be read.
            var warm = request.Warm is { } given ? given with { MayPass = first => !ended && given.MayPass(first) } : null;
            job = ClaimOrder.First([.. lanes.Select(lane => Of(byLane[lane]))], warm);
            return !ended;

            IEnumerable<Candidate> Of(IEnumerable<Candidate> jobs)
            {
                var read = 0;
                foreach (var each in jobs)
                {
                    read++;
                    if (may(each, request)) yield return each;
                }

                ended |= read == count;
            }
        }
    }
}
