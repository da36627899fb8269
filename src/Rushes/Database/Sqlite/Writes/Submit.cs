using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Puts a new job into the queue, or finds the one that its key has made already.</summary>
internal sealed class Submit(NewJob job, CancellationToken cancel) : Write<SubmitOutcome>(cancel)
{
    // Made by the caller: the writer's time is everyone's.
    private readonly byte[] plan = PlanText.Write(job.Plan);

    private bool IsPlain => job is { Dialect: "queue", Echo: null, WebhookUrl: null, StartBy: null, Weight: null, Price: 0, ApproveBy: null, InputSet: null, Trace: null, Draft.State: DraftState.None };

    public override bool HasSeveralStatements => job.Idempotency is not null || job.Price > 0;

    protected override SubmitOutcome Apply(Transaction transaction)
    {
        if (job.Idempotency is { } asked && Known(asked, transaction) is { } known) return known;
        if (job.Price > 0 && Books.CreditOf(transaction, job.Account) is var credit && credit < job.Price)
            return new SubmitOutcome.NoCredit(job.Price, credit);

        var id = Insert(transaction);
        if (job.Price > 0) Books.Hold(transaction, job.Account, id, job.Price);
        if (job.Idempotency is { } key) Remember(key, id, transaction);
        return new SubmitOutcome.Created(id);
    }

    private long Insert(Transaction transaction)
    {
        var turn = job.Weight is { } weight ? Turns.Next(transaction, job, weight) : 0;
        // A plain job does not pay for what others carry: a few more values to bind made each insert a fifth dearer.
        using var insert = transaction.Prepare(IsPlain
            ? """
              INSERT INTO jobs (account, model, lane, tier, priority, work, "binary", created_at, plan, input)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              """
            : """
              INSERT INTO jobs (account, model, lane, tier, priority, work, "binary", created_at, plan, input, dialect, echo, webhook_url, start_by, turn, price, state, draft, approve_by, input_set, trace)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              """);
        insert
            .Bind(job.Account).Bind(job.Model).Bind(job.Lane).Bind(job.Tier).Bind(job.Priority)
            .Bind(job.Work).Bind(job.Binary).Bind(job.CreatedAt).BindText(plan).Bind(job.Input);
        if (!IsPlain) insert.Bind(job.Dialect).Bind(job.Echo).Bind(job.WebhookUrl).Bind(job.StartBy).Bind(turn).Bind(job.Price)
            .Bind((long)job.State).Bind((long)job.Draft.State).Bind(job.ApproveBy).Bind(job.InputSet).Bind(job.Trace);
        insert.Execute();

        var id = transaction.LastInsertId;
        transaction.Publish(JobChange.Of(job, id, turn, transaction.Now));
        return id;
    }

    private SubmitOutcome? Known(IdempotencyKey key, Transaction transaction)
    {
        using var select = transaction.Prepare(IdempotencyRow.Select);
        return IdempotencyRow.Read(select, job.Account, key, transaction.Now);
    }

    private void Remember(IdempotencyKey key, long id, Transaction transaction)
    {
        // One that is too old to count may lie there still.
        using var insert = transaction.Prepare("""
            INSERT OR REPLACE INTO idempotency_keys (account, key, body_hash, job, created_at) VALUES (?, ?, ?, ?, ?)
            """);
        insert.Bind(job.Account).Bind(key.Key).BindBlob(key.BodyHash).Bind(id).Bind(transaction.Now).Execute();
    }
}
