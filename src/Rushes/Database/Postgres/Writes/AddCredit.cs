using Rushes.Accounts;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Gives an account credit, or takes some; opens its books on the way.</summary>
internal sealed class AddCredit(CreditChange change, string actor, CancellationToken cancel) : SingleWrite<CreditOutcome>(cancel)
{
    protected override async Task<CreditOutcome> ApplyAsync(Transaction transaction)
    {
        await OpenAsync(transaction);
        var before = await Books.ReadBalanceAsync(transaction.Session, change.Account);
        if (before.Currency != change.Currency) return new CreditOutcome.OtherCurrency(before.Currency!);
        if (await FindAsync(transaction) is { } known) return known == change.Amount ? new CreditOutcome.Changed(before) : new CreditOutcome.ReferenceUsed(known);
        if (before.Credit + change.Amount < 0) return new CreditOutcome.TooMuch(before.Credit);

        await MoveAsync(transaction);
        await AppendAudit.ToAsync(transaction, new AuditEntry(actor, change.Amount > 0 ? "credit added" : "credit taken", $"account {change.Account}",
            Detail.Of(("amount", Money.Text(Math.Abs(change.Amount))), ("currency", change.Currency), ("note", change.Note))));
        return new CreditOutcome.Changed(before with { Credit = before.Credit + change.Amount });
    }

    /// <summary>What was moved under the reference before, below 0 if it was taken; null: nothing.</summary>
    private async Task<long?> FindAsync(Transaction transaction)
    {
        if (change.Reference is null) return null;
        var moved = await transaction.ReadAsync(
            "SELECT CASE kind WHEN 0 THEN amount ELSE -amount END FROM ledger_entries WHERE account = $1 AND reference = $2", [change.Account, change.Reference], row => row.Long(0));
        return moved.Count > 0 ? moved[0] : null;
    }

    private Task OpenAsync(Transaction transaction) => transaction.RunAsync(
        new Statement(
            "INSERT INTO ledger_accounts (kind, account, currency) SELECT * FROM unnest($1::smallint[]) AS books (kind) CROSS JOIN (VALUES ($2::integer, $3)) AS owner ON CONFLICT DO NOTHING",
            Kinds(LedgerBook.Credit, LedgerBook.Held), change.Account, change.Currency),
        new Statement(
            "INSERT INTO ledger_accounts (kind, currency) SELECT kind, $2 FROM unnest($1::smallint[]) AS books (kind) ON CONFLICT DO NOTHING",
            Kinds(LedgerBook.Revenue, LedgerBook.Issuer), change.Currency));

    private Task MoveAsync(Transaction transaction) => transaction.RunAsync(
        change.Amount > 0
            ? """
              INSERT INTO ledger_entries (at, kind, account, source, target, amount, note, reference)
              SELECT $1, 0, credit.account, issuer.id, credit.id, $2, $3, $5
              FROM ledger_accounts credit JOIN ledger_accounts issuer ON issuer.account IS NULL AND issuer.kind = 3 AND issuer.currency = credit.currency
              WHERE credit.account = $4 AND credit.kind = 0
              """
            : """
              INSERT INTO ledger_entries (at, kind, account, source, target, amount, note, reference)
              SELECT $1, 4, credit.account, credit.id, issuer.id, $2, $3, $5
              FROM ledger_accounts credit JOIN ledger_accounts issuer ON issuer.account IS NULL AND issuer.kind = 3 AND issuer.currency = credit.currency
              WHERE credit.account = $4 AND credit.kind = 0
              """,
        transaction.Now, Math.Abs(change.Amount), change.Note, change.Account, change.Reference);

    private static short[] Kinds(params LedgerBook[] books) => Array.ConvertAll(books, book => (short)book);
}
