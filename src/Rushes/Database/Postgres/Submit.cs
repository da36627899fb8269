using System.Text;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>Creates jobs, or finds those that were created with the same idempotency keys.</summary>
internal sealed class Submit(NewJob job, CancellationToken cancel) : Write<SubmitOutcome>(cancel)
{
    // Serialized by the caller, to save the writer's time.
    private readonly string plan = Encoding.UTF8.GetString(PlanText.Write(job.Plan));

    public override int Order => 2;

    // Credit, stored bytes, turns and the last places of a queue are read before they are changed.
    public override bool IsExclusive =>
        job.Price > 0 || job.MaxStoredBytes is not null || job.Weight is not null || job.QueueLimit?.IsFar(1) == false;

    // The backlog counts the queue.
    public override bool NeedsOthers => job.QueueLimit is not null;

    /// <summary>The outcome for each key; null for a new key.</summary>
    public static async Task<List<SubmitOutcome?>> FindKeysAsync(
        Session session, IReadOnlyList<(int Account, IdempotencyKey Key)> asked, DateTimeOffset now)
    {
        var found = Keys(asked, now);
        await session.RunAsync(found);
        var known = Known(found);
        return [.. asked.Select(key => OutcomeOf(known, key.Account, key.Key))];
    }

    public override async Task RunAllAsync(IReadOnlyList<Write> writes, Transaction transaction)
    {
        var submits = writes.Cast<Submit>().ToArray();
        if (!transaction.IsExclusive && submits.Where(submit => submit.Job.QueueLimit is not null)
            .GroupBy(submit => submit.Job.Account).Any(own => !own.First().Job.QueueLimit!.IsFar(own.Count())))
        {
            transaction.MustBeExclusive = true;
            return;
        }

        var looked = await LookAsync(submits, transaction);
        var made = submits.Where(submit => submit.Decide(looked)).ToArray();
        await InsertAsync(made, looked, transaction);
        // Requests whose key another request of the group used first.
        foreach (var submit in submits.Where(submit => submit.first is not null)) submit.Follow();
    }

    private NewJob Job => job;

    private long Id => ((SubmitOutcome.Created)Result).Id;

    // The request of the same group that creates the job of this key.
    private Submit? first;

    /// <summary>Reads everything that the group needs in one round trip.</summary>
    private static async Task<Looked> LookAsync(Submit[] submits, Transaction transaction)
    {
        var keyed = submits.Where(submit => submit.Job.Idempotency is not null)
            .Select(submit => (submit.Job.Account, submit.Job.Idempotency!))
            .ToArray();
        var keys = Keys(keyed, transaction.Now);
        var credits = PriceHolds.Credits(
            submits.Where(submit => submit.Job.Price > 0).Select(submit => submit.Job.Account).Distinct());
        var stored = FileCounts.StoredBytes(
            submits.Where(submit => submit.Job.MaxStoredBytes is not null).Select(submit => submit.Job.Account).Distinct());
        var weighed = submits.Where(submit => submit.Job.Weight is not null).Select(submit => submit.Job).ToArray();
        var turns = weighed.Length > 0 ? new Turns(weighed) : null;
        Statement[] statements =
            [.. keyed.Length > 0 ? [keys] : Array.Empty<Statement>(), credits, stored, .. turns?.Statements ?? []];
        if (keyed.Length > 0 || turns is not null
            || Array.Exists(submits, submit => submit.Job.Price > 0 || submit.Job.MaxStoredBytes is not null))
            await transaction.Session.RunAsync(statements);
        return new Looked(
            Known(keys), credits.Rows.ToDictionary(row => row.Account, row => row.Credit),
            stored.Rows.ToDictionary(row => row.Account, row => row.Bytes), Waiting(submits, transaction), turns);
    }

    /// <summary>The waiting jobs of accounts with a limit, including those of writes that ran before in the group.</summary>
    private static Dictionary<int, int> Waiting(Submit[] submits, Transaction transaction)
    {
        var limits = submits.Where(submit => submit.Job.QueueLimit is not null)
            .DistinctBy(submit => submit.Job.Account)
            .ToDictionary(submit => submit.Job.Account, submit => submit.Job.QueueLimit!);
        if (limits.Count == 0) return [];
        var before = transaction.Changes.Jobs.Where(job => job.State.IsWaiting).CountBy(job => job.Account).ToDictionary();
        return limits.ToDictionary(
            limit => limit.Key, limit => limit.Value.Waiting() + before.GetValueOrDefault(limit.Key));
    }

    /// <summary>Whether to create a job; otherwise <see cref="Write{T}.Result"/> has the reason.</summary>
    private bool Decide(Looked looked)
    {
        first = null;
        if (job.Idempotency is { } key)
        {
            if (OutcomeOf(looked.Keys, job.Account, key) is { } known)
            {
                Result = known;
                return false;
            }

            if (looked.Made.TryGetValue((job.Account, key.Key), out first)) return false;
        }

        if (Reject(looked) is { } rejected)
        {
            Result = rejected;
            return false;
        }

        if (job.Idempotency is { } taken) looked.Made[(job.Account, taken.Key)] = this;
        return true;
    }

    /// <summary>Whether the account lacks credit, storage or a place; otherwise they are taken for this job.</summary>
    private SubmitOutcome? Reject(Looked looked)
    {
        var (credit, stored) = (looked.Credits.GetValueOrDefault(job.Account), looked.Stored.GetValueOrDefault(job.Account));
        if (job.Price > 0 && credit < job.Price) return new SubmitOutcome.NoCredit(job.Price, credit);
        if (job.MaxStoredBytes is { } most && job.StoredBytes > most - stored) return new SubmitOutcome.StorageFull(stored);
        var waiting = looked.Waiting.GetValueOrDefault(job.Account);
        if (job.QueueLimit is { } limit && waiting >= limit.MaxQueued) return new SubmitOutcome.QueueFull();
        looked.Waiting[job.Account] = waiting + 1;
        if (job.Price > 0) looked.Credits[job.Account] = credit - job.Price;
        looked.Stored[job.Account] = stored + job.StoredBytes;
        return null;
    }

    private void Follow() => Result = job.Idempotency!.BodyHash.AsSpan().SequenceEqual(first!.Job.Idempotency!.BodyHash)
        ? new SubmitOutcome.Replayed(first.Id)
        : new SubmitOutcome.Mismatch();

    private static async Task InsertAsync(Submit[] made, Looked looked, Transaction transaction)
    {
        if (made.Length == 0) return;
        var turns = Array.ConvertAll(made, submit => looked.Turns?.Next(submit.Job) ?? 0);
        // Ids are assigned in the order of the rows.
        var ids = await transaction.ChangeAsync(
            """
            INSERT INTO jobs (account, model, lane, tier, priority, work, "binary", created_at, plan, input, dialect, echo,
              webhook_url, start_by, turn, price, state, draft, approve_by, input_set, trace, deadline, webhook_events)
            SELECT account, model, lane, tier, priority, work, "binary", created_at, plan, input, dialect, echo, webhook_url,
              start_by, turn, price,
              state, draft, approve_by, input_set, trace, deadline, webhook_events
            FROM unnest($1::integer[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::integer[], $7::boolean[],
              $8::timestamptz[], $9::text[],
              $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::bigint[], $16::bigint[],
                $17::smallint[], $18::smallint[], $19::timestamptz[], $20::text[], $21::text[],
                $22::timestamptz[], $23::smallint[]) WITH ORDINALITY
              AS made (account, model, lane, tier, priority, work, "binary", created_at, plan, input, dialect, echo,
                webhook_url, start_by, turn, price,
                state, draft, approve_by, input_set, trace, deadline, webhook_events, place)
            ORDER BY place
            RETURNING id
            """,
            [
                Each(submit => submit.Job.Account), Each(submit => submit.Job.Model), Each(submit => submit.Job.Lane),
                Each(submit => submit.Job.Tier),
                Each(submit => submit.Job.Priority), Each(submit => submit.Job.Work), Each(submit => submit.Job.Binary),
                Each(submit => (DateTimeOffset?)submit.Job.CreatedAt), Each(submit => submit.plan),
                Each(submit => submit.Job.Input),
                Each(submit => submit.Job.Dialect), Each(submit => submit.Job.Echo), Each(submit => submit.Job.WebhookUrl),
                Each(submit => submit.Job.StartBy),
                turns, Each(submit => submit.Job.Price), Each(submit => (short)submit.Job.State),
                Each(submit => (short)submit.Job.Draft.State),
                Each(submit => submit.Job.ApproveBy), Each(submit => submit.Job.InputSet), Each(submit => submit.Job.Trace),
                Each(submit => submit.Job.Deadline), Each(submit => (short)submit.Job.WebhookEvents),
            ],
            row => row.Long(0));
        for (var i = 0; i < made.Length; i++) made[i].Publish(ids[i], turns[i], transaction);

        await PriceHolds.HoldAsync(
            transaction,
            [.. made.Where(submit => submit.Job.Price > 0).Select(submit => (submit.Job.Account, submit.Id, submit.Job.Price))]);
        await RememberAsync([.. made.Where(submit => submit.Job.Idempotency is not null)], transaction);
        if (looked.Turns?.Write() is { } started) await transaction.RunAsync(started);

        T[] Each<T>(Func<Submit, T> value) => Array.ConvertAll(made, submit => value(submit));
    }

    private void Publish(long id, long turn, Transaction transaction)
    {
        Result = new SubmitOutcome.Created(id);
        transaction.Changes.Jobs.Add(JobChange.Of(job, id, turn, transaction.Now));
    }

    private static async Task RememberAsync(Submit[] keyed, Transaction transaction)
    {
        if (keyed.Length == 0) return;
        // In one order at all gateways, so that no two wait for each other.
        keyed =
        [
            .. keyed.OrderBy(submit => submit.Job.Account)
                .ThenBy(submit => submit.Job.Idempotency!.Key, StringComparer.Ordinal),
        ];
        var life = keyed.Max(submit => submit.Job.Idempotency!.Life);
        DateTimeOffset? expired = transaction.IsExclusive ? null : transaction.Now - life;
        // The key may exist and be expired. If this group is shared, another gateway may have stored it in the meantime.
        var stored = await transaction.RunAsync(
            """
            INSERT INTO idempotency_keys (account, key, body_hash, job, created_at)
            SELECT account, key, body_hash, job, $5 FROM unnest($1::integer[], $2::text[], $3::bytea[],
              $4::bigint[]) AS made (account, key, body_hash, job)
            ON CONFLICT (account, key) DO UPDATE SET body_hash = excluded.body_hash, job = excluded.job,
              created_at = excluded.created_at
            WHERE $6::timestamptz IS NULL OR idempotency_keys.created_at <= $6
            """,
            Array.ConvertAll(keyed, submit => submit.Job.Account), Array.ConvertAll(keyed, submit => submit.Job.Idempotency!.Key),
            Array.ConvertAll(keyed, submit => submit.Job.Idempotency!.BodyHash), Array.ConvertAll(keyed, submit => submit.Id),
            transaction.Now, expired);
        transaction.MustBeExclusive |= stored < keyed.Length;
    }

    private static Query<(int Account, string Key, long Job, byte[] Hash)> Keys(
        IReadOnlyList<(int Account, IdempotencyKey Key)> asked, DateTimeOffset now) => new(
        """
        SELECT account, key, job, body_hash FROM idempotency_keys JOIN unnest($1::integer[], $2::text[],
          $3::timestamptz[]) AS asked (account, key, since) USING (account, key)
        WHERE created_at > since
        """,
        [
            asked.Select(key => key.Account).ToArray(), asked.Select(key => key.Key.Key).ToArray(),
            asked.Select(key => (DateTimeOffset?)(now - key.Key.Life)).ToArray(),
        ],
        row => (row.Int(0), row.Text(1), row.Long(2), row.Bytes(3)));

    private static Dictionary<(int, string), (long Job, byte[] Hash)> Known(
        Query<(int Account, string Key, long Job, byte[] Hash)> found)
    {
        var known = new Dictionary<(int, string), (long Job, byte[] Hash)>();
        foreach (var (account, key, job, hash) in found.Rows) known[(account, key)] = (job, hash);
        return known;
    }

    private static SubmitOutcome? OutcomeOf(
        Dictionary<(int, string), (long Job, byte[] Hash)> known, int account, IdempotencyKey key) =>
        !known.TryGetValue((account, key.Key), out var found) ? null
        : found.Hash.AsSpan().SequenceEqual(key.BodyHash) ? new SubmitOutcome.Replayed(found.Job)
        : new SubmitOutcome.Mismatch();

    /// <param name="Credits">Reduced as jobs are accepted.</param>
    /// <param name="Stored">Increased as jobs are accepted; only correct for accounts with a limit.</param>
    /// <param name="Waiting">The same for waiting jobs.</param>
    private sealed record Looked(
        Dictionary<(int, string), (long Job, byte[] Hash)> Keys, Dictionary<int, long> Credits, Dictionary<int, long> Stored,
        Dictionary<int, int> Waiting, Turns? Turns)
    {
        /// <summary>The request of the group that uses each key.</summary>
        public Dictionary<(int, string), Submit> Made { get; } = [];
    }
}
