using Rushes.Accounts;
using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>
/// What jobs move in the ledger. A trigger keeps the balances, so that none can be changed without an entry, and their
/// constraints refuse what was not looked up first.
/// </summary>
internal static class Books
{
    public static async Task<Balance> ReadBalanceAsync(Session session, int account) => BooksRow.BalanceOf(
        await session.ReadAsync($"SELECT {BooksRow.Columns} FROM ledger_accounts WHERE account = $1", [account], BooksRow.Read));

    /// <summary>Credit by account, in millionths; nothing for one that was never given any.</summary>
    public static Query<(int Account, long Credit)> Credits(IEnumerable<int> accounts) => new(
        "SELECT account, balance FROM ledger_accounts WHERE kind = 0 AND account = ANY($1)", [accounts.ToArray()], row => (row.Int(0), row.Long(1)));

    public static async Task HoldAsync(Transaction transaction, List<(int Account, long Job, long Amount)> holds)
    {
        if (holds.Count == 0) return;
        var written = await transaction.RunAsync(
            """
            INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
            SELECT $1, 1, hold.account, credit.id, held.id, hold.amount, hold.job
            FROM unnest($2::integer[], $3::bigint[], $4::bigint[]) AS hold (account, job, amount)
              JOIN ledger_accounts credit ON credit.account = hold.account AND credit.kind = 0
              JOIN ledger_accounts held ON held.account = hold.account AND held.kind = 1
            ORDER BY hold.job
            """,
            transaction.Now, holds.Select(hold => hold.Account).ToArray(), holds.Select(hold => hold.Job).ToArray(), holds.Select(hold => hold.Amount).ToArray());
        Require(written, holds.Count);
    }

    /// <summary>Captures what was held for jobs that succeeded, and gives it back for those that ended otherwise.</summary>
    public static async Task SettleAsync(Transaction transaction, JobTransition[] transitions)
    {
        var done = JobsOf(Settlement.Capture);
        if (done.Length > 0)
            Require(await transaction.RunAsync(
                """
                INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
                SELECT $1, 2, hold.account, hold.target, revenue.id, hold.amount, hold.job
                FROM ledger_entries hold JOIN ledger_accounts held ON held.id = hold.target
                  JOIN ledger_accounts revenue ON revenue.account IS NULL AND revenue.kind = 2 AND revenue.currency = held.currency
                WHERE hold.job = ANY($2) AND hold.kind = 1 ORDER BY hold.job
                """,
                transaction.Now, done), done.Length);

        var others = JobsOf(Settlement.Release);
        if (others.Length > 0)
            Require(await transaction.RunAsync(
                """
                INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
                SELECT $1, 3, account, target, source, amount, job FROM ledger_entries WHERE job = ANY($2) AND kind = 1 ORDER BY job
                """,
                transaction.Now, others), others.Length);

        long[] JobsOf(Settlement settlement) =>
            [.. transitions.Where(transition => transition.Settlement == settlement).Select(transition => transition.After.Id)];
    }

    private static void Require(int written, int jobs)
    {
        if (written != jobs) throw new InvalidOperationException($"{jobs} jobs have a price and the ledger has a place for {written} of them");
    }
}
