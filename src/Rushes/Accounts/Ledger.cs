namespace Rushes.Accounts;

/// <summary>
/// Ledger accounts: the first two belong to a customer, the others to the operator. The numbers are stored.
/// </summary>
public enum LedgerAccount
{
    /// <summary>What a customer can spend. Never below zero.</summary>
    Credit = 0,

    /// <summary>Held for a customer's unfinished jobs. Never below zero.</summary>
    Held = 1,

    /// <summary>The captured prices of completed jobs.</summary>
    Revenue = 2,

    /// <summary>The source of credit: the negative sum of all grants minus withdrawals.</summary>
    Issuer = 3,
}

/// <summary>The reason of an entry, which determines its two ledger accounts. The numbers are stored.</summary>
public enum LedgerKind
{
    /// <summary>Issuer to credit.</summary>
    Grant = 0,

    /// <summary>Credit to held, when a job is created.</summary>
    Hold = 1,

    /// <summary>Held to revenue, when the job completes.</summary>
    Capture = 2,

    /// <summary>Held to credit, when the job ends without a result.</summary>
    Release = 3,

    /// <summary>Credit to issuer.</summary>
    Withdrawal = 4,
}

/// <summary>
/// A transfer between two ledger accounts. One entry has both sides, so no entry can be unbalanced. Entries are never
/// changed.
/// </summary>
/// <param name="Amount">Millionths of the currency unit, above 0.</param>
/// <param name="Job">The job; null for grants and withdrawals.</param>
/// <param name="Note">The operator's note.</param>
public sealed record LedgerEntry(
    long Id, DateTimeOffset At, LedgerKind Kind, int Account, LedgerAccount From, LedgerAccount To, long Amount, long? Job,
    string? Note);

/// <summary>The balance of a ledger account in millionths. All balances of a currency sum to zero.</summary>
/// <param name="Customer">The account; null for the operator's.</param>
public sealed record LedgerBalance(LedgerAccount Account, int? Customer, string Currency, long Amount);

/// <summary>The balance of a customer, in millionths.</summary>
/// <param name="Currency">Null until credit was granted for the first time.</param>
public sealed record Balance(string? Currency, long Credit, long Held)
{
    public static readonly Balance None = new(null, 0, 0);

    /// <param name="balances">Of one customer.</param>
    public static Balance Of(IEnumerable<LedgerBalance> balances)
    {
        var sum = None;
        foreach (var balance in balances)
            sum = balance.Account == LedgerAccount.Credit
                ? sum with { Currency = balance.Currency, Credit = balance.Amount }
                : sum with { Held = balance.Amount };
        return sum;
    }
}

/// <summary>A grant of credit, or a withdrawal if <paramref name="Amount"/> is negative.</summary>
/// <param name="Currency">The currency of the account's plan. The currency of the first grant stays the account's.</param>
/// <param name="Amount">Millionths, not zero.</param>
/// <param name="Reference">Unique per account: a change with the same reference is made only once.</param>
public sealed record CreditChange(int Account, string Currency, long Amount, string? Note, string? Reference = null)
{
    /// <summary>Why the change is rejected or was already made; null: make it.</summary>
    /// <param name="known">The amount recorded under its reference; null if there is none.</param>
    public CreditOutcome? Decide(Balance before, long? known)
    {
        if (before.Currency != Currency) return new CreditOutcome.OtherCurrency(before.Currency!);
        if (known is { } amount)
            return amount == Amount ? new CreditOutcome.Changed(before) : new CreditOutcome.ReferenceUsed(amount);
        return before.Credit + Amount < 0 ? new CreditOutcome.TooMuch(before.Credit) : null;
    }
}

/// <summary>The result of a <see cref="CreditChange"/>.</summary>
public abstract record CreditOutcome
{
    private CreditOutcome() { }

    public sealed record Changed(Balance Balance) : CreditOutcome;

    /// <summary>The reference was used with another amount.</summary>
    public sealed record ReferenceUsed(long Amount) : CreditOutcome;

    /// <summary>The withdrawal exceeds the credit.</summary>
    public sealed record TooMuch(long Available) : CreditOutcome;

    /// <summary>The account's credit is in another currency.</summary>
    public sealed record OtherCurrency(string Currency) : CreditOutcome;
}
