namespace Rushes.Database.Shared;

/// <summary>The stored numbers of states and kinds, as constants for SQL. A test compares them with the enums.</summary>
internal static class StateNumbers
{
    public const string Pending = "0";
    public const string Running = "1";
    public const string Retry = "2";
    public const string Completed = "3";
    public const string Failed = "4";
    public const string Cancelled = "5";
    public const string Awaiting = "6";

    public const string Queued = $"({Pending}, {Retry})";
    public const string Waiting = $"({Pending}, {Retry}, {Awaiting})";
    public const string Live = $"({Pending}, {Running}, {Retry}, {Awaiting})";

    /// <summary>Neither queued nor running.</summary>
    public const string Aside = $"({Completed}, {Failed}, {Cancelled}, {Awaiting})";

    public const string DraftWanted = "1";
    public const string DraftMade = "2";
    public const string DraftFailed = "3";

    public const string DeliveryPending = "0";

    public const string ProgressEvent = "8";

    public const string CreditAccount = "0";
    public const string HeldAccount = "1";
    public const string RevenueAccount = "2";
    public const string IssuerAccount = "3";

    public const string GrantEntry = "0";
    public const string HoldEntry = "1";
    public const string CaptureEntry = "2";
    public const string ReleaseEntry = "3";
    public const string WithdrawalEntry = "4";
}
