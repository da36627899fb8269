namespace Rushes.Database;

/// <summary>The stored numbers of states, as SQL needs them: constants, so that statements are too. A test compares them with the enums.</summary>
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

    public const string DraftWanted = "1";
    public const string DraftMade = "2";
    public const string DraftFailed = "3";

    public const string DeliveryPending = "0";
}
