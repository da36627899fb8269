namespace Rushes.Database;

/// <summary>
/// What is to be told to a job's owner at a URL: written in the transaction that ended the job, and kept with a log of
/// its tries. A run is the tries since then, or since the owner last asked for them anew.
/// </summary>
public sealed record Delivery
{
    public required long Id { get; init; }

    public required long Job { get; init; }

    public required int Account { get; init; }

    public required string Dialect { get; init; }

    public required string Url { get; init; }

    /// <summary>The URL's host and port: what bounds are counted by.</summary>
    public required string Host { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>Tries in all.</summary>
    public required int Tries { get; init; }

    /// <summary>Tries of the present run.</summary>
    public required int RunTries { get; init; }

    /// <summary>When it is due; null when it ended.</summary>
    public DateTimeOffset? NextAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What cannot be parsed cannot be sent either, which its first try will say.</summary>
    internal static string HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed.Authority : "";
}

/// <summary>The numbers are stored; never renumber them.</summary>
public enum DeliveryState
{
    Pending = 0,

    Delivered = 1,

    /// <summary>The receiver said that it wants no more.</summary>
    Stopped = 2,

    /// <summary>The last try of the run failed.</summary>
    Failed = 3,
}

/// <summary>One request to the receiver.</summary>
/// <param name="Number">1 for a delivery's first, and so on over all its runs.</param>
/// <param name="Status">The HTTP status; null when there was no answer.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Answer">The first KiB of the answer's body, or null.</param>
/// <param name="Error">Why it counts as failed, in a sentence; null when the status says it.</param>
public sealed record DeliveryTry(int Number, DateTimeOffset At, int? Status, int Milliseconds, string? Answer, string? Error);

/// <summary>A delivery with its tries, oldest first.</summary>
public sealed record DeliveryLog(Delivery Delivery, IReadOnlyList<DeliveryTry> Tries);

/// <summary>Asks for deliveries that are due. They are not due again before <paramref name="Until"/>, whoever asks.</summary>
/// <param name="Limit">Deliveries at most.</param>
/// <param name="PerHost">Deliveries to one host at most, together with those that are under way.</param>
/// <param name="UnderWay">How many the caller is sending to each host just now.</param>
public sealed record DeliveryClaim(DateTimeOffset Until, int Limit, int PerHost, IReadOnlyDictionary<string, int> UnderWay);

/// <param name="Taken">Host by host, beginning with the one that waits longest.</param>
/// <param name="NextAt">When another falls due; null: none will. What the bounds left is due already, and waits for room.</param>
public sealed record DueDeliveries(IReadOnlyList<Delivery> Taken, DateTimeOffset? NextAt);
