using System.Text.Json;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Leases the first queued job of some lanes.</summary>
internal sealed class Claim(ClaimRequest request, CancellationToken cancel) : Write<Lease?>(cancel)
{
    private readonly string models = JsonSerializer.Serialize(request.Models ?? []);

    protected override Lease? Apply(Transaction transaction)
    {
        Head? first = null;
        foreach (var lane in request.Lanes)
            if (HeadOf(lane, transaction) is { } head && (first is null || head.GoesBefore(first.Value)))
                first = head;

        return first is { } found ? Take(found.Id, transaction) : null;
    }

    private Head? HeadOf(string lane, Transaction transaction) => request.Models is null ? HeadOfAll(lane, transaction) : HeadOfSome(lane, transaction);

    /// <summary>Few jobs of a lane are of models that a worker of the lane cannot make: the scan past them is short.</summary>
    private Head? HeadOfSome(string lane, Transaction transaction)
    {
        using var select = transaction.Prepare("""
            SELECT tier, priority, id FROM jobs INDEXED BY jobs_queued
            WHERE lane = ? AND state IN (0, 2) AND (state = 2 OR start_by IS NULL OR start_by > ?)
              AND model IN (SELECT value FROM json_each(?))
            ORDER BY tier DESC, priority DESC, id LIMIT 1
            """);
        return select.Bind(lane).Bind(transaction.Now).Bind(models).Step() ? new Head(select.Int(0), select.Int(1), select.Long(2)) : null;
    }

    private static Head? HeadOfAll(string lane, Transaction transaction)
    {
        using var select = transaction.Prepare("""
            SELECT tier, priority, id FROM jobs INDEXED BY jobs_queued
            WHERE lane = ? AND state IN (0, 2) AND (state = 2 OR start_by IS NULL OR start_by > ?)
            ORDER BY tier DESC, priority DESC, id LIMIT 1
            """);
        return select.Bind(lane).Bind(transaction.Now).Step() ? new Head(select.Int(0), select.Int(1), select.Long(2)) : null;
    }

    private Lease? Take(long id, Transaction transaction)
    {
        using var update = transaction.Prepare($"""
            UPDATE jobs SET state = 1, fence = fence + 1, worker = ?, lease_until = ?, started_at = ?, done = 0, total = 0, stop = 0
            WHERE id = ? AND state IN (0, 2)
            RETURNING {JobRow.Columns}
            """);
        if (!update.Bind(request.Worker).Bind(request.Until).Bind(transaction.Now).Bind(id).Step()) return null;

        var job = JobRow.ReadJob(update);
        transaction.Publish(new JobChange
        {
            Id = job.Id,
            State = job.State,
            Account = job.Account,
            Model = job.Model,
            Lane = job.Lane,
            Tier = job.Tier,
            Priority = job.Priority,
            Work = job.Work,
            StartedAt = transaction.Now,
            Worker = request.Worker,
            Render = job.Plan.Render,
            At = transaction.Now,
        });
        return new Lease(job, job.Fence, request.Worker, request.Until);
    }

    private readonly record struct Head(int Tier, int Priority, long Id)
    {
        public bool GoesBefore(Head other) =>
            (other.Tier, other.Priority, Id).CompareTo((Tier, Priority, other.Id)) < 0;
    }
}
