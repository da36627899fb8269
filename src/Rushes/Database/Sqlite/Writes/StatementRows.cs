using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>What several writes do with a statement's rows.</summary>
internal static class StatementRows
{
    extension(Statement statement)
    {
        /// <summary>
        /// Goes through an update that returns <see cref="JobRow.ChangeColumns"/>: one changed job, which is told. When it
        /// ended, its webhook is put into the outbox and what was held for it is settled. False: there is none (more).
        /// </summary>
        public bool PublishTo(Transaction transaction)
        {
            if (!statement.Step()) return false;
            var change = JobRow.ReadChange(statement, transaction.Now);
            transaction.Publish(change);
            if (!change.State.IsFinished) return true;
            if (!statement.IsNull(JobRow.WebhookUrlInChange))
                Outbox.Add(transaction, change, statement.Text(JobRow.DialectInChange), statement.Text(JobRow.WebhookUrlInChange));
            if (statement.Long(JobRow.PriceInChange) > 0) Books.Settle(transaction, change);
            return true;
        }

        public List<(long Id, long Fence)> ReadLeases()
        {
            var leases = new List<(long Id, long Fence)>();
            while (statement.Step()) leases.Add((statement.Long(0), statement.Long(1)));
            return leases;
        }
    }
}
