using System.Runtime.CompilerServices;
using Rushes.Accounts;

namespace Rushes.Database.Shared;

/// <summary>
/// A trigger updates the balances, so that none can change without an entry; constraints keep them from going below zero.
/// </summary>
internal sealed class LedgerStore(IWriter writer, IReader reader) : ILedger
{
    /// <summary>Times before and after these have no margin, with which they would overflow.</summary>
    private static readonly DateTimeOffset
        From = DateTimeOffset.UnixEpoch, Until = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string FirstSince = ListWindow.FirstSince("ledger_entries", "at");

    public Task<CreditOutcome> AddCreditAsync(
        CreditChange change, string actor, CancellationToken cancel) => writer.Run(async transaction =>
    {
        await OpenAccountsAsync(transaction, change);
        var before = Balance.Of(await transaction.ReadAsync(Statements.FindBalance, [change.Account], LedgerRow.Read));
        if (change.Decide(before, await FindAsync(transaction, change)) is { } decided) return decided;

        await transaction.RunAsync(
            change.Amount > 0 ? Statements.InsertGrant : Statements.InsertWithdrawal,
            [transaction.Now, Math.Abs(change.Amount), change.Note, change.Reference, change.Account]);
        await AuditLog.AppendAsync(transaction, AuditTexts.CreditChanged(actor, change));
        return new CreditOutcome.Changed(before with { Credit = before.Credit + change.Amount });
    }, cancel);

    public async Task<Balance> ReadBalanceAsync(int account, CancellationToken cancel) =>
        Balance.Of(await reader.ReadAllAsync(Statements.FindBalance, [account], LedgerRow.Read, cancel));

    public Task<IReadOnlyList<LedgerBalance>> ReadBalancesAsync(CancellationToken cancel) =>
        reader.ReadAllAsync(Statements.ReadBalances, [], LedgerRow.Read, cancel);

    public async IAsyncEnumerable<LedgerEntry> ReadStatementAsync(
        int account, DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancel)
    {
        // Entries are kept forever, and those of other periods need not be read.
        var first = await FirstSinceAsync(from > From ? from - ListWindow.LedgerSlack : From, cancel);
        var before = await FirstSinceAsync(until < Until ? until + ListWindow.LedgerSlack : Until, cancel);
        await foreach (var entry in reader.ReadPagesAsync(
            Statements.ReadStatement, [account, from, until, before], LedgerRow.ReadEntry, entry => entry.Id, first - 1, cancel))
            yield return entry;
    }

    private async Task<long> FirstSinceAsync(DateTimeOffset time, CancellationToken cancel) =>
        (await reader.ReadAllAsync(FirstSince, [time], row => row.Long(0), cancel))[0];

    private static async Task OpenAccountsAsync(ITransaction transaction, CreditChange change)
    {
        await transaction.RunAsync(
            Statements.InsertAccountOfCustomer,
            [(int)LedgerAccount.Credit, change.Account, change.Currency],
            [(int)LedgerAccount.Held, change.Account, change.Currency]);
        await transaction.RunAsync(
            Statements.InsertOwnAccount,
            [(int)LedgerAccount.Revenue, change.Currency], [(int)LedgerAccount.Issuer, change.Currency]);
    }

    /// <summary>The amount recorded under the reference, negative for a withdrawal; null if there is none.</summary>
    private static async Task<long?> FindAsync(ITransaction transaction, CreditChange change) =>
        change.Reference is not null
        && await transaction.ReadAsync(
            Statements.FindReference, [change.Account, change.Reference], row => row.Long(0)) is [var amount]
            ? amount
            : null;
}
