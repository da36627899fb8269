using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>The stored bytes of deleted jobs' requests.</summary>
internal static class StoredRequest
{
    /// <summary>The account, and <see cref="NewJob.StoredBytes"/> computed from the row.</summary>
    public static readonly string Columns =
        $"account, {NewJob.RowBytes} + octet_length(input) + octet_length(ifnull(echo, '')) "
            + "+ octet_length(ifnull(webhook_url, ''))";

    /// <summary>Runs a statement that deletes jobs and returns <see cref="Columns"/>. Returns how many.</summary>
    public static int Uncount(Transaction transaction, Statement delete)
    {
        var deleted = 0;
        for (; delete.Step(); deleted++) transaction.CountRequest(delete.Int(0), -delete.Long(1));
        return deleted;
    }
}
