using Rushes.Accounts;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>
/// A trigger updates the balances, so that none can change without an entry; constraints keep them from going below zero.
/// </summary>
internal sealed class Ledger(GroupCommit writer, ReaderPool readers) : ILedger
{
    public Task<CreditOutcome> AddCreditAsync(
        CreditChange change, string actor, CancellationToken cancel) => writer.Run(transaction =>
    {
        OpenAccounts(transaction, change);
        var before = BalanceOf(transaction.Prepare(Statements.FindBalance), change.Account);
        if (change.Decide(before, Find(transaction, change)) is { } decided) return decided;

        using var insert = transaction.Prepare(change.Amount > 0 ? Statements.InsertGrant : Statements.InsertWithdrawal);
        insert.Bind(transaction.Now)
            .Bind(Math.Abs(change.Amount))
            .Bind(change.Note)
            .Bind(change.Reference)
            .Bind(change.Account)
            .Execute();
        AuditLog.Append(transaction, AuditTexts.CreditChanged(actor, change));
        return new CreditOutcome.Changed(before with { Credit = before.Credit + change.Amount });
    }, cancel);

    public Task<Balance> ReadBalanceAsync(int account, CancellationToken cancel) =>
        Task.FromResult(readers.Read(session => BalanceOf(session.Prepare(Statements.FindBalance), account)));

    public Task<IReadOnlyList<LedgerBalance>> ReadBalancesAsync(CancellationToken cancel) =>
        readers.ReadAllAsync(Statements.ReadBalances, LedgerRow.Read);

    public IAsyncEnumerable<LedgerEntry> ReadStatementAsync(
        int account, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel) =>
        readers.Stream(
            $"""
            SELECT {LedgerRow.EntryColumns}
            FROM ledger_entries e INDEXED BY ledger_entries_account
              JOIN ledger_accounts s ON s.id = e.source JOIN ledger_accounts t ON t.id = e.target
            WHERE e.account = ? AND e.at >= ? AND e.at < ? ORDER BY e.id
            """,
            select => select.Bind(account).Bind(from).Bind(until), LedgerRow.ReadEntry, cancel).ToAsyncEnumerable();

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

    private static Balance BalanceOf(Statement select, int account)
    {
        using (select) return Balance.Of(select.Bind(account).ReadAll(LedgerRow.Read));
    }

    private static void OpenAccounts(Transaction transaction, CreditChange change)
    {
        foreach (var book in new[] { LedgerAccount.Credit, LedgerAccount.Held })
        {
            using var insert = transaction.Prepare(
                "INSERT INTO ledger_accounts (kind, account, currency) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
            insert.Bind((long)book).Bind(change.Account).Bind(change.Currency).Execute();
        }

        foreach (var book in new[] { LedgerAccount.Revenue, LedgerAccount.Issuer })
        {
            using var insert = transaction.Prepare(
                "INSERT INTO ledger_accounts (kind, currency) VALUES (?, ?) ON CONFLICT DO NOTHING");
            insert.Bind((long)book).Bind(change.Currency).Execute();
        }
    }

    /// <summary>The amount recorded under the reference, negative for a withdrawal; null if there is none.</summary>
    private static long? Find(Transaction transaction, CreditChange change)
    {
        if (change.Reference is null) return null;
        using var select = transaction.Prepare(Statements.FindReference);
        return select.Bind(change.Account).Bind(change.Reference).Step() ? select.Long(0) : null;
    }

    private static void Require(bool written, long job)
    {
        if (!written) throw new InvalidOperationException($"job {job} has a price, but its account has no ledger accounts");
    }
}
