using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>
/// Jobs that a group moves: read once, changed in memory by one write after the other, written once. Whatever ends a job
/// leaves word for its owner and settles what was held for it, here and so in the same commit.
/// </summary>
internal sealed class JobMoves(Transaction transaction, IEnumerable<MovingJob> jobs)
{
    /// <summary>As <see cref="ChangeRow.ColumnsOfEnd"/>, but a heartbeat is told without the plan and the draft.</summary>
    private const string Columns = """
        jobs.id, jobs.account, model, lane, tier, priority, jobs.state, work, jobs.started_at, jobs.worker, jobs.done, jobs.total, jobs.stop,
        CASE WHEN jobs.state <> 1 THEN plan END, turn, CASE WHEN jobs.state <> 1 THEN draft END, draft_key, dialect, webhook_url, price
        """;

    private readonly Dictionary<long, MovingJob> jobs = jobs.ToDictionary(job => job.Id);

    /// <summary>The jobs that a condition finds, oldest first, but for those that someone else holds.</summary>
    public static Task<List<MovingJob>> ReadAsync(Transaction transaction, string where, params object?[] values) =>
        transaction.ReadAsync($"SELECT {MovingJob.Columns} FROM jobs WHERE {where} ORDER BY id FOR UPDATE SKIP LOCKED", values, MovingJob.Read);

    public static async Task<JobMoves> OfAsync(Transaction transaction, IEnumerable<long> ids)
    {
        // No gateway holds a row while it is our turn. Who does is an operator in a transaction of their own, whom the writes
        // of all other jobs must not wait for.
        var found = await transaction.ReadAsync(
            $"SELECT {MovingJob.Columns} FROM jobs WHERE id = ANY ($1) ORDER BY id FOR UPDATE NOWAIT", [ids.Distinct().ToArray()], MovingJob.Read);
        return new JobMoves(transaction, found);
    }

    public MovingJob? Find(long id) => jobs.GetValueOrDefault(id);

    public async Task WriteAsync()
    {
        var changed = jobs.Values.Where(job => job.IsChanged).ToArray();
        if (changed.Length == 0) return;
        await KeepPastAsync(Array.FindAll(changed, job => job.Past is not null));
        var moved = await transaction.ChangeAsync(
            $"""
            UPDATE jobs SET state = moved.state, attempts = moved.attempts, interruptions = moved.interruptions, stop = moved.stop,
              lease_until = moved.lease_until, done = moved.done, total = moved.total, ended_at = CASE WHEN moved.state IN (3, 4, 5) THEN $9 END,
              result_key = moved.result_key, result_bytes = moved.result_bytes, error_code = moved.error_code, error_message = moved.error_message,
              worker = CASE WHEN moved.state <> 2 THEN worker END, started_at = CASE WHEN moved.state <> 2 THEN started_at END
            FROM unnest($1::bigint[], $2::smallint[], $3::integer[], $4::integer[], $5::boolean[], $6::timestamptz[], $7::integer[], $8::integer[],
              $10::text[], $11::bigint[], $12::text[], $13::text[])
              AS moved (id, state, attempts, interruptions, stop, lease_until, done, total, result_key, result_bytes, error_code, error_message)
            WHERE jobs.id = moved.id
            RETURNING {Columns}
            """,
            [
                Each(job => job.Id), Each(job => (short)job.State), Each(job => job.Attempts), Each(job => job.Interruptions), Each(job => job.Stop),
                Each(job => job.LeaseUntil), Each(job => job.Progress.Done), Each(job => job.Progress.Total), transaction.Now,
                Each(job => job.ResultKey), Each(job => job.ResultBytes), Each(job => job.Error?.Code), Each(job => job.Error?.Message),
            ],
            ReadEnd);
        moved.Sort((one, other) => one.Change.Id.CompareTo(other.Change.Id));
        foreach (var end in moved) transaction.Publish(end.Change);
        await Outbox.AddAsync(transaction, moved.FindAll(end => end is { Change.State.IsFinished: true, Url: not null }));
        await Books.SettleAsync(transaction, moved.FindAll(end => end is { Change.State.IsFinished: true, Price: > 0 }));

        T[] Each<T>(Func<MovingJob, T> value) => Array.ConvertAll(changed, job => value(job));
    }

    /// <summary>Their rows have the runs still.</summary>
    private async Task KeepPastAsync(MovingJob[] returned)
    {
        if (returned.Length == 0) return;
        await transaction.RunAsync(
            """
            INSERT INTO past_runs (job, fence, worker, started_at, ended_at, error_code, error_message)
            SELECT jobs.id, past.fence, worker, started_at, $5, past.code, past.message
            FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS past (job, fence, code, message) JOIN jobs ON jobs.id = past.job
            """,
            Array.ConvertAll(returned, job => job.Id), Array.ConvertAll(returned, job => job.Past!.Value.Fence),
            Array.ConvertAll(returned, job => job.Past!.Value.Error?.Code), Array.ConvertAll(returned, job => job.Past!.Value.Error?.Message), transaction.Now);
    }

    private JobEnd ReadEnd(Row row) => new(
        ChangeRow.Read(row, transaction.Now), row.Text(ChangeRow.Dialect), row.TextOrNull(ChangeRow.WebhookUrl), row.Long(ChangeRow.Price));
}

/// <summary>A job that was moved, with what matters if that was its end.</summary>
internal sealed record JobEnd(JobChange Change, string Dialect, string? Url, long Price);

/// <summary>A write that moves one job.</summary>
internal abstract class JobMove<T>(long id, CancellationToken cancel) : Write<T>(cancel), IJobMove
{
    public long Id => id;

    // All of them together, whichever they are.
    public override Type Kind => typeof(IJobMove);

    public override int Order => 1;

    public sealed override async Task RunAllAsync(IReadOnlyList<Write> writes, Transaction transaction)
    {
        var moves = await JobMoves.OfAsync(transaction, writes.Cast<IJobMove>().Select(write => write.Id));
        foreach (var write in writes.Cast<IJobMove>()) write.Move(moves.Find(write.Id), transaction);
        await moves.WriteAsync();
    }

    public void Move(MovingJob? job, Transaction transaction) => Result = Apply(job, transaction);

    /// <param name="job">Null: there is none.</param>
    protected abstract T Apply(MovingJob? job, Transaction transaction);
}

internal interface IJobMove
{
    long Id { get; }

    void Move(MovingJob? job, Transaction transaction);
}
