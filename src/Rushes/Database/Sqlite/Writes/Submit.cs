using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Puts a new job into the queue; gives its id.</summary>
internal sealed class Submit(NewJob job, CancellationToken cancel) : Write<long>(cancel)
{
    // Made by the caller: the writer's time is everyone's.
    private readonly byte[] plan = JobRow.WritePlan(job.Plan);

    protected override long Apply(Transaction transaction)
    {
        using var insert = transaction.Prepare("""
            INSERT INTO jobs (account, model, lane, tier, priority, work, "binary", created_at, plan, input)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert
            .Bind(job.Account).Bind(job.Model).Bind(job.Lane).Bind(job.Tier).Bind(job.Priority)
            .Bind(job.Work).Bind(job.Binary).Bind(job.CreatedAt).BindText(plan).Bind(job.Input)
            .Execute();

        var id = transaction.LastInsertId;
        transaction.Publish(new JobChange
        {
            Id = id,
            State = JobState.Pending,
            Account = job.Account,
            Model = job.Model,
            Lane = job.Lane,
            Tier = job.Tier,
            Priority = job.Priority,
            Work = job.Work,
            Render = job.Plan.Render,
            At = transaction.Now,
        });
        return id;
    }
}
