using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>What several writes do with a statement's rows.</summary>
internal static class StatementRows
{
    extension(Statement statement)
    {
        /// <summary>
        /// Goes through an update that returns <see cref="ChangeRow.ColumnsOfEnd"/>: one changed job, which is told. When it
        /// ended, its webhook is put into the outbox and what was held for it is settled. False: there is none (more).
        /// </summary>
        public bool PublishTo(Transaction transaction)
        {
            if (!statement.Step()) return false;
            var change = ChangeRow.Read(statement, transaction.Now);
            transaction.Publish(change);
            if (!change.State.IsFinished) return true;
            if (!statement.IsNull(ChangeRow.WebhookUrl))
                Outbox.Add(transaction, change, statement.Text(ChangeRow.Dialect), statement.Text(ChangeRow.WebhookUrl));
            if (statement.Long(ChangeRow.Price) > 0) Books.Settle(transaction, change);
            return true;
        }

        public List<(long Id, long Fence)> ReadLeases() => statement.ReadAll(row => (row.Long(0), row.Long(1)));
    }
}
