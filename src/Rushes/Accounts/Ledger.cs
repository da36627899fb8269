namespace Rushes.Accounts;

/// <summary>The accounts of the books. The first two are a customer's, the others the house's. The numbers are stored.</summary>
public enum LedgerBook
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

/// <summary>Why money moved, and so from which book to which. The numbers are stored.</summary>
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
/// Money that moved from one book to another, once and for good. Both sides stand in one entry, so that no entry can be out
/// of balance.
/// </summary>
/// <param name="Amount">Millionths of the currency's unit, above 0.</param>
/// <param name="Job">The job it was for; null for credit given or taken.</param>
/// <param name="Note">The operator's words.</param>
public sealed record LedgerEntry(
    long Id, DateTimeOffset At, LedgerKind Kind, int Account, LedgerBook From, LedgerBook To, long Amount, long? Job, string? Note);

/// <summary>One book's balance in millionths; over all books of a currency they sum to zero.</summary>
/// <param name="Account">Whose it is; null for the house's.</param>
public sealed record BookBalance(LedgerBook Book, int? Account, string Currency, long Amount);

/// <summary>What a customer has, in millionths.</summary>
/// <param name="Currency">Null until credit was given for the first time.</param>
public sealed record Balance(string? Currency, long Credit, long Held)
{
    public static readonly Balance None = new(null, 0, 0);
}

/// <summary>Credit to be given, or taken when <paramref name="Amount"/> is below zero.</summary>
/// <param name="Currency">That of the account's plan. The first one given stays the account's.</param>
/// <param name="Amount">Millionths, not zero.</param>
/// <param name="Reference">At most once an account: a change that is sent again is made once.</param>
public sealed record CreditChange(int Account, string Currency, long Amount, string? Note, string? Reference = null);

/// <summary>What became of a <see cref="CreditChange"/>.</summary>
public abstract record CreditOutcome
{
    private CreditOutcome() { }

    public sealed record Changed(Balance Balance) : CreditOutcome;

    /// <summary>The reference was used for another amount.</summary>
    public sealed record ReferenceUsed(long Amount) : CreditOutcome;

    /// <summary>More was to be taken than there is.</summary>
    public sealed record TooMuch(long Available) : CreditOutcome;

    /// <summary>The account's books are in another currency.</summary>
    public sealed record OtherCurrency(string Currency) : CreditOutcome;
}
