using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>The ledger entries of prices: held when a job is created, captured or released when it ends.</summary>
internal static class PriceHolds
{
    /// <summary>The credit of accounts in millionths; accounts that never had any are missing.</summary>
    public static Query<(int Account, long Credit)> Credits(IEnumerable<int> accounts) => new(
        $"SELECT account, balance FROM ledger_accounts WHERE kind = {StateNumbers.CreditAccount} AND account = ANY ($1)",
        [accounts.ToArray()],
        row => (row.Int(0), row.Long(1)));

    public static async Task HoldAsync(Transaction transaction, List<(int Account, long Job, long Amount)> holds)
    {
        if (holds.Count == 0) return;
        var written = await transaction.RunAsync(
            $"""
            INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
            SELECT $1, {StateNumbers.HoldEntry}, hold.account, credit.id, held.id, hold.amount, hold.job
            FROM unnest($2::integer[], $3::bigint[], $4::bigint[]) AS hold (account, job, amount)
              JOIN ledger_accounts credit ON credit.account = hold.account AND credit.kind = {StateNumbers.CreditAccount}
              JOIN ledger_accounts held ON held.account = hold.account AND held.kind = {StateNumbers.HeldAccount}
            ORDER BY hold.job
            """,
            transaction.Now, holds.Select(hold => hold.Account).ToArray(), holds.Select(hold => hold.Job).ToArray(),
            holds.Select(hold => hold.Amount).ToArray());
        Require(written, holds.Count);
    }

    /// <summary>Captures or releases the prices held for jobs.</summary>
    public static async Task SettleAsync(Transaction transaction, JobTransition[] transitions)
    {
        await SettleAsync(
            transaction, transitions, Settlement.Capture, $"{Statements.InsertCaptures} hold.job = ANY ($2) ORDER BY hold.job");
        await SettleAsync(
            transaction, transitions, Settlement.Release, $"{Statements.InsertReleases} hold.job = ANY ($2) ORDER BY hold.job");
    }

    private static async Task SettleAsync(
        Transaction transaction, JobTransition[] transitions, Settlement settlement, string insert)
    {
        var jobs = transitions.Where(transition => transition.Settlement == settlement)
            .Select(transition => transition.After.Id)
            .ToArray();
        if (jobs.Length > 0) Require(await transaction.RunAsync(insert, transaction.Now, jobs), jobs.Length);
    }

    private static void Require(int written, int jobs)
    {
        if (written != jobs)
            throw new InvalidOperationException(
                $"{jobs} jobs have a price, but the ledger has accounts for only {written} of them");
    }
}
