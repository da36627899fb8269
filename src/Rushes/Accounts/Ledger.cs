namespace Rushes.Accounts;

/// <summary>The ledger's accounts: the first two are a customer's, the others the operator's. The numbers are stored.</summary>
public enum LedgerAccount
{
    /// <summary>What a customer has left to spend. Never below zero.</summary>
    Credit = 0,

    /// <summary>What is set aside for a customer's jobs that have not ended. Never below zero.</summary>
    Held = 1,

    /// <summary>What finished jobs have earned.</summary>
    Revenue = 2,

    /// <summary>Where credit comes from: minus all that was ever given out.</summary>
    Issuer = 3,
}

/// <summary>Why money moved, and so from which ledger account to which. The numbers are stored.</summary>
public enum LedgerKind
{
    /// <summary>Issuer to credit.</summary>
    Grant = 0,

    /// <summary>Credit to held, when a job is taken in.</summary>
    Hold = 1,

    /// <summary>Held to revenue, when it succeeded.</summary>
    Capture = 2,

    /// <summary>Held to credit, when it ended otherwise.</summary>
    Release = 3,

    /// <summary>Credit to issuer.</summary>
    Withdrawal = 4,
}

/// <summary>
/// Money that moved from one ledger account to another, once and for good. Both sides are in one entry, so that no entry can be
/// out of balance.
/// </summary>
/// <param name="Amount">Millionths of the currency's unit, above 0.</param>
/// <param name="Job">The job it was for; null for credit given or taken.</param>
/// <param name="Note">The operator's words.</param>
public sealed record LedgerEntry(
    long Id, DateTimeOffset At, LedgerKind Kind, int Account, LedgerAccount From, LedgerAccount To, long Amount, long? Job,
    string? Note);

/// <summary>The balance of a ledger account in millionths; over all of a currency they sum to zero.</summary>
/// <param name="Customer">Whose it is; null for the operator's.</param>
public sealed record LedgerBalance(LedgerAccount Account, int? Customer, string Currency, long Amount);

/// <summary>What a customer has, in millionths.</summary>
/// <param name="Currency">Null until credit was given for the first time.</param>
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

/// <summary>Credit to be given, or taken when <paramref name="Amount"/> is below zero.</summary>
/// <param name="Currency">That of the account's plan. The first one given stays the account's.</param>
/// <param name="Amount">Millionths, not zero.</param>
/// <param name="Reference">At most once an account: a change that is sent again is made once.</param>
public sealed record CreditChange(int Account, string Currency, long Amount, string? Note, string? Reference = null)
{
    /// <summary>Why it is not to be made, or that it was made before; null: it is to be made.</summary>
    /// <param name="known">The amount that was changed under its reference before; null: none was.</param>
    public CreditOutcome? Decide(Balance before, long? known)
    {
        if (before.Currency != Currency) return new CreditOutcome.OtherCurrency(before.Currency!);
        if (known is { } amount)
            return amount == Amount ? new CreditOutcome.Changed(before) : new CreditOutcome.ReferenceUsed(amount);
        return before.Credit + Amount < 0 ? new CreditOutcome.TooMuch(before.Credit) : null;
    }
}

/// <summary>What became of a <see cref="CreditChange"/>.</summary>
public abstract record CreditOutcome
{
    private CreditOutcome() { }

    public sealed record Changed(Balance Balance) : CreditOutcome;

    /// <summary>The reference was used for another amount.</summary>
    public sealed record ReferenceUsed(long Amount) : CreditOutcome;

    /// <summary>More was to be taken than there is.</summary>
    public sealed record TooMuch(long Available) : CreditOutcome;

    /// <summary>The account's credit is in another currency.</summary>
    public sealed record OtherCurrency(string Currency) : CreditOutcome;
}
