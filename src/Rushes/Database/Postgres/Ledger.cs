using Rushes.Accounts;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// A trigger updates the balances, so that none can change without an entry; constraints keep them from going below zero.
/// </summary>
internal sealed class Ledger(GroupCommit writer, PostgresServer server) : ILedger
{
    public Task<CreditOutcome> AddCreditAsync(
        CreditChange change, string actor, CancellationToken cancel) => writer.Run(async transaction =>
    {
        await OpenAccountsAsync(transaction, change);
        var before = await BalanceOfAsync(transaction.Session, change.Account);
        if (change.Decide(before, await FindAsync(transaction, change)) is { } decided) return decided;

        await transaction.RunAsync(
            change.Amount > 0 ? Statements.InsertGrant : Statements.InsertWithdrawal,
            transaction.Now, Math.Abs(change.Amount), change.Note, change.Reference, change.Account);
        await AuditLog.AppendAsync(transaction, AuditTexts.CreditChanged(actor, change));
        return new CreditOutcome.Changed(before with { Credit = before.Credit + change.Amount });
    }, cancel);

    public Task<Balance> ReadBalanceAsync(int account, CancellationToken cancel) =>
        server.ReadAsync(session => BalanceOfAsync(session, account), cancel);

    public Task<IReadOnlyList<LedgerBalance>> ReadBalancesAsync(CancellationToken cancel) =>
        server.ReadAllAsync(Statements.ReadBalances, [], LedgerRow.Read, cancel);

    public IAsyncEnumerable<LedgerEntry> ReadStatementAsync(
        int account, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel) =>
        server.ReadPagesAsync(
            $"""
            SELECT {LedgerRow.EntryColumns}
            FROM ledger_entries e JOIN ledger_accounts s ON s.id = e.source JOIN ledger_accounts t ON t.id = e.target
            WHERE e.id > $1 AND e.account = $3 AND e.at >= $4 AND e.at < $5 ORDER BY e.id LIMIT $2
            """,
            [account, from, until], LedgerRow.ReadEntry, entry => entry.Id, after: 0, cancel);

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

    private static async Task<Balance> BalanceOfAsync(Session session, int account) =>
        Balance.Of(await session.ReadAsync(Statements.FindBalance, [account], LedgerRow.Read));

    private static Task OpenAccountsAsync(Transaction transaction, CreditChange change) => transaction.RunAsync(
        new Statement(
            """
            INSERT INTO ledger_accounts (kind, account, currency)
            SELECT * FROM unnest($1::smallint[]) AS kinds (kind) CROSS JOIN (VALUES ($2::integer, $3)) AS customer
              ON CONFLICT DO NOTHING
            """,
            Numbers(LedgerAccount.Credit, LedgerAccount.Held), change.Account, change.Currency),
        new Statement(
            """
            INSERT INTO ledger_accounts (kind, currency)
            SELECT kind, $2 FROM unnest($1::smallint[]) AS kinds (kind) ON CONFLICT DO NOTHING
            """,
            Numbers(LedgerAccount.Revenue, LedgerAccount.Issuer), change.Currency));

    /// <summary>The amount recorded under the reference, negative for a withdrawal; null if there is none.</summary>
    private static async Task<long?> FindAsync(Transaction transaction, CreditChange change) =>
        change.Reference is not null
        && await transaction.ReadAsync(
            Statements.FindReference, [change.Account, change.Reference], row => row.Long(0)) is [var amount]
            ? amount
            : null;

    private static short[] Numbers(params LedgerAccount[] accounts) => Array.ConvertAll(accounts, account => (short)account);

    private static void Require(int written, int jobs)
    {
        if (written != jobs)
            throw new InvalidOperationException(
                $"{jobs} jobs have a price, but the ledger has accounts for only {written} of them");
    }
}
