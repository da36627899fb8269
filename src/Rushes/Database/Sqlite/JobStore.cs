using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

internal sealed class JobStore(GroupCommit writer, ReaderPool readers, TimeProvider time) : IJobStore
{
    private const string InsertPlain = """
        INSERT INTO jobs (account, model, lane, tier, priority, work, "binary", created_at, plan, input)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string InsertOfDialect = """
        INSERT INTO jobs (account, model, lane, tier, priority, work, "binary", created_at, plan, input, dialect, echo)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string InsertFull = """
        INSERT INTO jobs (account, model, lane, tier, priority, work, "binary", created_at, plan, input,
          dialect, echo, webhook_url, start_by, turn, price, state, draft, approve_by, input_set, trace, deadline,
          webhook_events)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string SelectKey =
        "SELECT job, body_hash FROM idempotency_keys WHERE account = ? AND key = ? AND created_at > ?";

    private const string SelectLive = $"""
        SELECT {ChangeRow.Columns}, created_at FROM jobs INDEXED BY jobs_queued WHERE state IN {StateNumbers.Queued}
        UNION ALL
        SELECT {ChangeRow.Columns}, created_at FROM jobs INDEXED BY jobs_running WHERE state = {StateNumbers.Running}
        UNION ALL
        SELECT {ChangeRow.Columns}, created_at FROM jobs INDEXED BY jobs_awaiting WHERE state = {StateNumbers.Awaiting}
        """;

    public Task<SubmitOutcome> SubmitAsync(NewJob job, CancellationToken cancel)
    {
        // Serialized by the caller, to save the writer's time.
        var plan = PlanText.Write(job.Plan);
        var single = job.Idempotency is null && job.Price == 0;
        return writer.Run(transaction => Submit(transaction, job, plan), cancel, single);
    }

    public Task<SubmitOutcome?> FindIdempotentAsync(int account, IdempotencyKey key, CancellationToken cancel) =>
        Task.FromResult(readers.Read(session => FindKey(session.Prepare(SelectKey), account, key, time.GetUtcNow())));

    public Task<Job?> FindAsync(long id, CancellationToken cancel) => Task.FromResult(readers.Read(session =>
    {
        using var select = session.Prepare(Statements.FindJob);
        return select.Bind(id).Step() ? JobRow.Read(select) : null;
    }));

    public Task<CancelOutcome> CancelAsync(long id, int account, bool force, CancellationToken cancel) => writer.Run(
        transaction => transaction.Apply(JobLifecycle.Cancel(transaction.FindJob(id), account, force, transaction.Now)), cancel);

    public Task<Job?> DeleteAsync(long id, int account, CancellationToken cancel) => writer.Run<Job?>(transaction =>
    {
        var job = transaction.Apply(JobLifecycle.Delete(transaction.FindJob(id), account, transaction.Now));
        if (job is null) return null;
        using var delete = transaction.Prepare($"{Statements.DeleteJob} RETURNING {StoredRequest.Columns}");
        StoredRequest.Uncount(transaction, delete.Bind(id));
        return job;
    }, cancel);

    public Task<ApproveOutcome> ApproveAsync(long id, int account, CancellationToken cancel) => writer.Run(
        transaction => transaction.Apply(JobLifecycle.Approve(transaction.FindJob(id), account, transaction.Now)), cancel,
        single: true);

    public Task<MoveOutcome> MoveToFrontAsync(long id, string actor, CancellationToken cancel) => writer.Run(transaction =>
    {
        var job = transaction.FindJob(id);
        var moved = JobLifecycle.MoveToFront(job, job is null ? default : First(transaction, job.Lane));
        if (moved.Transition is not null) transaction.Append(AuditTexts.MovedToFront(actor, job!));
        return transaction.Apply(moved);
    }, cancel);

    public IAsyncEnumerable<JobChange> ReadLiveAsync(CancellationToken cancel)
    {
        var values = new RecurringValues();
        return readers.Stream(SelectLive, select => select, row => ChangeRow.ReadLive(row, values), cancel).ToAsyncEnumerable();
    }

    public Task LevelTurnsAsync(CancellationToken cancel) => writer.Run(Turns.Level, cancel);

    private static SubmitOutcome Submit(Transaction transaction, NewJob job, byte[] plan)
    {
        if (job.Idempotency is { } asked
            && FindKey(transaction.Prepare(SelectKey), job.Account, asked, transaction.Now) is { } known)
            return known;
        if (job.Price > 0 && PriceHolds.CreditOf(transaction, job.Account) is var credit && credit < job.Price)
            return new SubmitOutcome.NoCredit(job.Price, credit);
        if (job.MaxStoredBytes is { } most
            && transaction.StoredBytes(job.Account) is var stored && job.StoredBytes > most - stored)
            return new SubmitOutcome.StorageFull(stored);

        var id = Insert(transaction, job, plan);
        if (job.Price > 0) PriceHolds.Hold(transaction, job.Account, id, job.Price);
        if (job.Idempotency is { } key) Remember(transaction, job.Account, key, id);
        transaction.CountRequest(job.Account, job.StoredBytes);
        return new SubmitOutcome.Created(id);
    }

    private static long Insert(Transaction transaction, NewJob job, byte[] plan)
    {
        var turn = job.Weight is { } weight ? Turns.Next(transaction, job, weight) : 0;
        // Shorter inserts for jobs without optional values: binding the additional values made each insert a fifth slower.
        var full = HasOptions(job);
        var ofDialect = full || job.Echo is not null || job.Dialect != "queue";
        using var insert = transaction.Prepare(full ? InsertFull : ofDialect ? InsertOfDialect : InsertPlain);
        insert
            .Bind(job.Account).Bind(job.Model).Bind(job.Lane).Bind(job.Tier).Bind(job.Priority)
            .Bind(job.Work).Bind(job.Binary).Bind(job.CreatedAt).BindText(plan).Bind(job.Input);
        if (ofDialect) insert.Bind(job.Dialect).Bind(job.Echo);
        if (full)
            insert
                .Bind(job.WebhookUrl).Bind(job.StartBy).Bind(turn).Bind(job.Price)
                .Bind((long)job.State).Bind((long)job.Draft.State).Bind(job.ApproveBy).Bind(job.InputSet).Bind(job.Trace)
                .Bind(job.Deadline).Bind((long)job.WebhookEvents);
        insert.Execute();

        var id = transaction.LastInsertId;
        transaction.Changes.Jobs.Add(JobChange.Of(job, id, turn, transaction.Now));
        return id;
    }

    private static bool HasOptions(NewJob job) => job is not
    {
        WebhookUrl: null, StartBy: null, Weight: null, Price: 0, ApproveBy: null, InputSet: null, Trace: null, Deadline: null,
        Draft.State: DraftState.None,
    };

    private static SubmitOutcome? FindKey(Statement select, int account, IdempotencyKey key, DateTimeOffset now)
    {
        using (select)
        {
            if (!select.Bind(account).Bind(key.Key).Bind(now - key.Life).Step()) return null;
            return select.Bytes(1).SequenceEqual(key.BodyHash)
                ? new SubmitOutcome.Replayed(select.Long(0))
                : new SubmitOutcome.Mismatch();
        }
    }

    private static void Remember(Transaction transaction, int account, IdempotencyKey key, long id)
    {
        // The key may exist and be expired.
        using var insert = transaction.Prepare("""
            INSERT OR REPLACE INTO idempotency_keys (account, key, body_hash, job, created_at) VALUES (?, ?, ?, ?, ?)
            """);
        insert.Bind(account).Bind(key.Key).BindBlob(key.BodyHash).Bind(id).Bind(transaction.Now).Execute();
    }

    private static QueueKey First(Transaction transaction, string lane)
    {
        using var select = transaction.Prepare($"""
            SELECT tier, priority, turn, id FROM jobs INDEXED BY jobs_queued WHERE lane = ? AND state IN {StateNumbers.Queued}
            ORDER BY tier DESC, priority DESC, turn, id LIMIT 1
            """);
        return select.Bind(lane).Step() ? new QueueKey(select.Int(0), select.Int(1), select.Long(2), select.Long(3)) : default;
    }
}
