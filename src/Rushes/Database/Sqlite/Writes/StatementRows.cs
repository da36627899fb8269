namespace Rushes.Database.Sqlite.Writes;

/// <summary>What several writes do with a statement's rows.</summary>
internal static class StatementRows
{
    extension(Statement statement)
    {
        /// <summary>Runs an update of one job that returns <see cref="JobRow.ChangeColumns"/>. False: it matched none.</summary>
        public bool PublishTo(Transaction transaction)
        {
            if (!statement.Step()) return false;
            transaction.Publish(JobRow.ReadChange(statement, transaction.Now));
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
