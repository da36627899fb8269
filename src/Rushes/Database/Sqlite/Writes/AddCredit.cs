using Rushes.Accounts;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Gives an account credit, or takes some; opens its books on the way.</summary>
internal sealed class AddCredit(CreditChange change, string actor, CancellationToken cancel) : Write<CreditOutcome>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override CreditOutcome Apply(Transaction transaction)
    {
        Open(transaction);
        var before = Books.ReadBalance(transaction.Prepare(Books.SelectBalance), change.Account);
        if (before.Currency != change.Currency) return new CreditOutcome.OtherCurrency(before.Currency!);
        if (Known(transaction) is { } known) return known == change.Amount ? new CreditOutcome.Changed(before) : new CreditOutcome.ReferenceUsed(known);
        if (before.Credit + change.Amount < 0) return new CreditOutcome.TooMuch(before.Credit);

        Move(transaction);
        AppendAudit.To(transaction, new AuditEntry(actor, change.Amount > 0 ? "credit added" : "credit taken", $"account {change.Account}",
            Detail.Of(("amount", Money.Text(Math.Abs(change.Amount))), ("currency", change.Currency), ("note", change.Note))));
        return new CreditOutcome.Changed(before with { Credit = before.Credit + change.Amount });
    }

    private void Open(Transaction transaction)
    {
        foreach (var book in new[] { LedgerBook.Credit, LedgerBook.Held })
        {
            using var insert = transaction.Prepare("INSERT INTO ledger_accounts (kind, account, currency) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
            insert.Bind((long)book).Bind(change.Account).Bind(change.Currency).Execute();
        }
        foreach (var book in new[] { LedgerBook.Revenue, LedgerBook.Issuer })
        {
            using var insert = transaction.Prepare("INSERT INTO ledger_accounts (kind, currency) VALUES (?, ?) ON CONFLICT DO NOTHING");
            insert.Bind((long)book).Bind(change.Currency).Execute();
        }
    }

    /// <summary>What was moved under the reference before, below 0 if it was taken; null: nothing.</summary>
    private long? Known(Transaction transaction)
    {
        if (change.Reference is null) return null;
        using var select = transaction.Prepare("SELECT CASE kind WHEN 0 THEN amount ELSE -amount END FROM ledger_entries WHERE account = ? AND reference = ?");
        return select.Bind(change.Account).Bind(change.Reference).Step() ? select.Long(0) : null;
    }

    private void Move(Transaction transaction)
    {
        using var insert = transaction.Prepare(change.Amount > 0
            ? """
              INSERT INTO ledger_entries (at, kind, account, source, target, amount, note, reference)
              SELECT ?, 0, credit.account, issuer.id, credit.id, ?, ?, ?
              FROM ledger_accounts credit JOIN ledger_accounts issuer ON issuer.account IS NULL AND issuer.kind = 3 AND issuer.currency = credit.currency
              WHERE credit.account = ? AND credit.kind = 0
              """
            : """
              INSERT INTO ledger_entries (at, kind, account, source, target, amount, note, reference)
              SELECT ?, 4, credit.account, credit.id, issuer.id, ?, ?, ?
              FROM ledger_accounts credit JOIN ledger_accounts issuer ON issuer.account IS NULL AND issuer.kind = 3 AND issuer.currency = credit.currency
              WHERE credit.account = ? AND credit.kind = 0
              """);
        insert.Bind(transaction.Now).Bind(Math.Abs(change.Amount)).Bind(change.Note).Bind(change.Reference).Bind(change.Account).Execute();
    }
}
