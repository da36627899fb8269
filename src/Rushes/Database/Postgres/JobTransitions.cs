using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// The jobs that a group changes: read once, changed in memory by one event after the other, stored and published once. <see
/// cref="JobLifecycle"/> decides what each event does.
/// </summary>
internal sealed class JobTransitions(Transaction transaction, IEnumerable<Job> jobs)
{
    private readonly Dictionary<long, Job> jobs = jobs.ToDictionary(job => job.Id);
    private readonly SortedDictionary<long, JobTransition> transitions = [];

    /// <summary>Selects the jobs that match a condition, except those locked by others.</summary>
    public static string Select(JobsToRead jobs) =>
        $"SELECT {JobRow.Columns} FROM jobs WHERE {jobs.Where} ORDER BY {jobs.IndexedBy} FOR UPDATE SKIP LOCKED";

    public static Query<Job> Read(JobsToRead jobs, params object?[] values) => new(Select(jobs), values, JobRow.Read);

    public static async Task<JobTransitions> OfAsync(Transaction transaction, IEnumerable<long> ids)
    {
        // If another gateway has locked a row, the group is run again exclusively. An operator's transaction can lock one too,
        // and the writes of all other jobs must not wait for it.
        var found = await transaction.ReadAsync(
            $"SELECT {JobRow.Columns} FROM jobs WHERE id = ANY ($1) ORDER BY id FOR UPDATE NOWAIT", [ids.Distinct().ToArray()],
            JobRow.Read);
        return new JobTransitions(transaction, found);
    }

    /// <summary>The job after the events so far.</summary>
    public Job? Find(long id) => jobs.GetValueOrDefault(id);

    public T Apply<T>(JobDecision<T> decision)
    {
        if (decision.Transition is { } transition) Apply(transition);
        return decision.Answer;
    }

    public void Apply(JobTransition transition)
    {
        var id = transition.After.Id;
        jobs[id] = transition.After;
        transitions[id] = transitions.TryGetValue(id, out var earlier) ? earlier.Then(transition) : transition;
    }

    public async Task WriteAsync()
    {
        if (transitions.Count == 0) return;
        JobTransition[] all = [.. transitions.Values];
        // The prices of many jobs change the same balances.
        if (Array.Exists(all, each => each.Settlement != Settlement.None) && !transaction.IsExclusive)
        {
            transaction.MustBeExclusive = true;
            return;
        }

        await KeepRunsAsync([.. all.Where(transition => transition.PastRun is not null)]);
        await StoreAsync(Array.ConvertAll(all, transition => transition.After));
        foreach (var transition in all) transaction.Changes.Jobs.Add(transition.ToChange(transaction.Now));
        await DeliveryStore.AddAsync(
            transaction, [.. all.SelectMany(transition => transition.Events.Select(occurred => (transition.After, occurred)))]);
        await PriceHolds.SettleAsync(transaction, all);
    }

    private Task StoreAsync(Job[] changed)
    {
        return transaction.RunAsync(
            """
            UPDATE jobs SET state = moved.state, tier = moved.tier, turn = moved.turn, attempts = moved.attempts,
              interruptions = moved.interruptions,
              worker = moved.worker, lease_until = moved.lease_until, done = moved.done, total = moved.total, stop = moved.stop,
              started_at = moved.started_at, ended_at = moved.ended_at, start_by = moved.start_by,
              result_key = moved.result_key, result_bytes = moved.result_bytes, error_code = moved.error_code,
                error_message = moved.error_message
            FROM unnest($1::bigint[], $2::smallint[], $3::integer[], $4::bigint[], $5::integer[], $6::integer[], $7::text[],
              $8::timestamptz[],
              $9::integer[], $10::integer[], $11::boolean[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[],
              $15::text[], $16::bigint[], $17::text[], $18::text[])
              AS moved (id, state, tier, turn, attempts, interruptions, worker, lease_until, done, total, stop, started_at,
                ended_at, start_by,
                result_key, result_bytes, error_code, error_message)
            WHERE jobs.id = moved.id
            """,
            Each(job => job.Id), Each(job => (short)job.State), Each(job => job.Tier), Each(job => job.Turn),
            Each(job => job.Attempts), Each(job => job.Interruptions), Each(job => job.Worker), Each(job => job.LeaseUntil),
            Each(job => job.Progress.Done), Each(job => job.Progress.Total), Each(job => job.StopRequested),
            Each(job => job.StartedAt), Each(job => job.EndedAt), Each(job => job.StartBy),
            Each(job => job.ResultKey), Each(job => job.ResultBytes), Each(job => job.Error?.Code),
            Each(job => job.Error?.Message));

        T[] Each<T>(Func<Job, T> value) => Array.ConvertAll(changed, job => value(job));
    }

    private async Task KeepRunsAsync(JobTransition[] returned)
    {
        if (returned.Length == 0) return;
        await transaction.RunAsync(
            """
            INSERT INTO past_runs (job, fence, worker, started_at, ended_at, error_code, error_message)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[],
              $7::text[])
            """,
            Array.ConvertAll(returned, each => each.After.Id), Each(run => run.Fence), Each(run => run.Worker),
            Each(run => (DateTimeOffset?)run.StartedAt), Each(run => (DateTimeOffset?)run.EndedAt), Each(run => run.Error?.Code),
            Each(run => run.Error?.Message));

        T[] Each<T>(Func<PastRun, T> value) => Array.ConvertAll(returned, each => value(each.PastRun!));
    }
}

/// <summary>Some of the jobs.</summary>
/// <param name="Where">The condition.</param>
/// <param name="IndexedBy">The first column of the index to use. A writer's plans may not sort, so ordering by it leaves no
/// other; ordering by id would read all jobs.</param>
internal readonly record struct JobsToRead(string Where, string IndexedBy);

/// <summary>A write that is an event of one job.</summary>
internal interface IJobEvent
{
    long Id { get; }

    void ApplyTo(JobTransitions jobs, Transaction transaction);
}

/// <inheritdoc/>
internal sealed class JobEventWrite<T>(
    long id, Func<Job?, Transaction, JobDecision<T>> decide, CancellationToken cancel) : Write<T>(cancel), IJobEvent
{
    public long Id => id;

    // All events run together, whatever their result type.
    public override Type Kind => typeof(IJobEvent);

    public override int Order => 1;

    // An event depends on nothing but its job, whose row is locked.
    public override bool IsExclusive => false;

    public override async Task RunAllAsync(IReadOnlyList<Write> writes, Transaction transaction)
    {
        var jobs = await JobTransitions.OfAsync(transaction, writes.Cast<IJobEvent>().Select(write => write.Id));
        foreach (var write in writes.Cast<IJobEvent>()) write.ApplyTo(jobs, transaction);
        await jobs.WriteAsync();
    }

    public void ApplyTo(JobTransitions jobs, Transaction transaction) => Result = jobs.Apply(decide(jobs.Find(id), transaction));
}
