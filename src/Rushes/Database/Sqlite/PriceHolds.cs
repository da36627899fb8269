using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>The ledger entries of prices: held when a job is created, captured or released when it ends.</summary>
internal static class PriceHolds
{
    /// <summary>In millionths; 0 for an account that never had any.</summary>
    public static long CreditOf(Transaction transaction, int account)
    {
        using var select = transaction.Prepare(
            $"SELECT balance FROM ledger_accounts WHERE account = ? AND kind = {StateNumbers.CreditAccount}");
        return select.Bind(account).Step() ? select.Long(0) : 0;
    }

    public static void Hold(Transaction transaction, int account, long job, long amount)
    {
        using var insert = transaction.Prepare($"""
            INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
            SELECT ?, {StateNumbers.HoldEntry}, credit.account, credit.id, held.id, ?, ?
            FROM ledger_accounts credit JOIN ledger_accounts held ON held.account = credit.account
              AND held.kind = {StateNumbers.HeldAccount}
            WHERE credit.account = ? AND credit.kind = {StateNumbers.CreditAccount}
            RETURNING 1
            """);
        Require(insert.Bind(transaction.Now).Bind(amount).Bind(job).Bind(account).Step(), job);
    }

    /// <summary>Captures or releases the price held for a job.</summary>
    public static void Settle(Transaction transaction, long job, Settlement settlement)
    {
        using var insert = transaction.Prepare(settlement == Settlement.Capture
            ? $"{Statements.InsertCaptures} hold.job = $2 RETURNING 1"
            : $"{Statements.InsertReleases} hold.job = $2 RETURNING 1");
        Require(insert.Bind(transaction.Now).Bind(job).Step(), job);
    }

    private static void Require(bool written, long job)
    {
        if (!written) throw new InvalidOperationException($"job {job} has a price, but its account has no ledger accounts");
    }
}
