using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>A heartbeat. A lease that ran out but was not swept yet is still held: nobody else can have the job.</summary>
internal sealed class Renew(long id, long fence, DateTimeOffset until, Progress progress, CancellationToken cancel)
    : Write<LeaseAnswer>(cancel)
{
    protected override LeaseAnswer Apply(Transaction transaction)
    {
        using var update = transaction.Prepare("""
            UPDATE jobs SET lease_until = ?, done = ?, total = ? WHERE id = ? AND fence = ? AND state = 1
            RETURNING account, model, lane, tier, priority, work, started_at, worker, stop, turn
            """);
        if (!update.Bind(until).Bind(progress.Done).Bind(progress.Total).Bind(id).Bind(fence).Step()) return LeaseAnswer.Lost;

        var change = new JobChange
        {
            Id = id,
            State = JobState.Running,
            Account = update.Int(0),
            Model = update.Text(1),
            Lane = update.Text(2),
            Tier = update.Int(3),
            Priority = update.Int(4),
            Work = update.Int(5),
            StartedAt = update.Time(6),
            Worker = update.Text(7),
            StopRequested = update.Bool(8),
            Turn = update.Long(9),
            Progress = progress,
            At = transaction.Now,
        };
        transaction.Publish(change);
        return change.StopRequested ? LeaseAnswer.Stop : LeaseAnswer.Held;
    }
}
