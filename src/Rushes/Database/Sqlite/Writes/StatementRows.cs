using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>What several writes do with a statement's rows.</summary>
internal static class StatementRows
{
    extension(Statement statement)
    {
        /// <summary>Goes through an update that returns <see cref="ChangeRow.Columns"/>, and publishes each job. Gives how many.</summary>
        public int PublishTo(Transaction transaction)
        {
            var changed = 0;
            for (; statement.Step(); changed++) transaction.Publish(ChangeRow.Read(statement, transaction.Now));
            return changed;
        }
    }
}
