using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>Loads jobs for <see cref="JobLifecycle"/>, and stores and publishes its transitions.</summary>
internal static class JobTransitions
{
    extension(Transaction transaction)
    {
        public Job? FindJob(long id)
        {
            using var select = transaction.Prepare(Statements.FindJob);
            return select.Bind(id).Step() ? JobRow.Read(select) : null;
        }

        public T Apply<T>(JobDecision<T> decision)
        {
            if (decision.Transition is { } transition) transaction.Apply(transition);
            return decision.Answer;
        }

        public void Apply(JobTransition transition)
        {
            var job = transition.After;
            if (transition.PastRun is { } run) transaction.Keep(job.Id, run);
            foreach (var occurred in transition.Events) DeliveryStore.Add(transaction, job, occurred);
            if (transition.IsHeartbeat)
            {
                transaction.StoreHeartbeat(transition.ToChange(transaction.Now), job.LeaseUntil);
                return;
            }

            transaction.Store(job);
            transaction.CountRunning(transition);
            transaction.Changes.Jobs.Add(transition.ToChange(transaction.Now));
            if (transition.Settlement != Settlement.None) PriceHolds.Settle(transaction, job.Id, transition.Settlement);
        }

        /// <summary>Stores and publishes a change of a running job's lease. It updates one index instead of eight.</summary>
        public void StoreHeartbeat(JobChange job, DateTimeOffset? leaseUntil)
        {
            using var update = transaction.Prepare("UPDATE jobs SET lease_until = ?, done = ?, total = ?, stop = ? WHERE id = ?");
            update.Bind(leaseUntil).Bind(job.Progress.Done).Bind(job.Progress.Total).Bind(job.StopRequested).Bind(job.Id)
                .Execute();
            transaction.Changes.Jobs.Add(job);
        }

        private void Store(Job job)
        {
            using var update = transaction.Prepare("""
                UPDATE jobs SET state = ?, tier = ?, turn = ?, fence = ?, attempts = ?, interruptions = ?,
                  worker = ?, lease_until = ?, done = ?, total = ?, stop = ?, started_at = ?, ended_at = ?, start_by = ?,
                  result_key = ?, result_bytes = ?, error_code = ?, error_message = ?
                WHERE id = ?
                """);
            update
                .Bind((long)job.State).Bind(job.Tier).Bind(job.Turn).Bind(job.Fence).Bind(job.Attempts).Bind(job.Interruptions)
                .Bind(job.Worker).Bind(job.LeaseUntil)
                .Bind(job.Progress.Done).Bind(job.Progress.Total).Bind(job.StopRequested)
                .Bind(job.StartedAt).Bind(job.EndedAt).Bind(job.StartBy)
                .Bind(job.ResultKey).Bind(job.ResultBytes).Bind(job.Error?.Code).Bind(job.Error?.Message)
                .Bind(job.Id).Execute();
        }

        private void Keep(long job, PastRun run)
        {
            using var insert = transaction.Prepare("""
                INSERT INTO past_runs (job, fence, worker, started_at, ended_at, error_code, error_message)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """);
            insert
                .Bind(job).Bind(run.Fence).Bind(run.Worker).Bind(run.StartedAt).Bind(run.EndedAt)
                .Bind(run.Error?.Code).Bind(run.Error?.Message).Execute();
        }
    }

    extension(Statement statement)
    {
        /// <summary>
        /// Runs an update that returns <see cref="ChangeRow.Columns"/> and publishes each job. Returns how many.
        /// </summary>
        public int PublishTo(Transaction transaction)
        {
            var changed = 0;
            for (; statement.Step(); changed++) transaction.Changes.Jobs.Add(ChangeRow.Read(statement, transaction.Now));
            return changed;
        }
    }
}
