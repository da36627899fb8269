using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>
/// A webhook delivery: created in the transaction of its event, and kept with a log of its attempts. A run contains the attempts
/// since then or since the owner last requested redelivery.
/// </summary>
public sealed record Delivery
{
    public required long Id { get; init; }

    public required long Job { get; init; }

    public required int Account { get; init; }

    public required string Dialect { get; init; }

    /// <summary>What it reports; one event.</summary>
    public required WebhookEvents Event { get; init; }

    public required string Url { get; init; }

    /// <summary>The URL's host and port, by which concurrent deliveries are limited.</summary>
    public required string Host { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>Attempts in total.</summary>
    public required int Tries { get; init; }

    /// <summary>Attempts of the current run.</summary>
    public required int RunTries { get; init; }

    /// <summary>When it is due; null when it has ended.</summary>
    public DateTimeOffset? NextAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>
    /// A job's progress is reported at most this often, and not while an earlier report is waiting, because a message is written
    /// when it is sent.
    /// </summary>
    internal static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Empty if the text is not a URL; the first attempt then reports the error.</summary>
    internal static string HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed.Authority : "";
}

/// <summary>The numbers are stored; never change them.</summary>
public enum DeliveryState
{
    Pending = 0,

    Delivered = 1,

    /// <summary>The receiver rejected further deliveries.</summary>
    Stopped = 2,

    /// <summary>The last attempt of the run failed.</summary>
    Failed = 3,
}

/// <summary>One request to the receiver.</summary>
/// <param name="Number">Counts from 1 over all runs of the delivery.</param>
/// <param name="Status">The HTTP status; null without a response.</param>
/// <param name="Milliseconds">Its duration.</param>
/// <param name="Answer">The first KiB of the response body, or null.</param>
/// <param name="Error">Why it failed; null if the status shows it.</param>
public sealed record DeliveryTry(int Number, DateTimeOffset At, int? Status, int Milliseconds, string? Answer, string? Error)
{
    /// <summary>The latest attempts are kept, because an owner may request redelivery any number of times.</summary>
    public const int MaxKept = 50;
}

/// <summary>A delivery with its attempts, oldest first.</summary>
public sealed record DeliveryLog(Delivery Delivery, IReadOnlyList<DeliveryTry> Tries);

/// <summary>What takes a place while a delivery is in progress.</summary>
public readonly record struct DeliveryPlace(int Account, string Host);

/// <summary>
/// Requests deliveries that are due. They are not due again before <paramref name="Until"/>, for any gateway.
/// </summary>
/// <param name="Limit">The maximum number of deliveries.</param>
/// <param name="PerHost">The maximum number of deliveries to one host, including those in progress.</param>
/// <param name="PerAccount">The maximum number of deliveries of one account, including those in progress.</param>
/// <param name="UnderWay">The deliveries in progress.</param>
public sealed record DeliveryClaim(
    DateTimeOffset Until, int Limit, int PerHost, int PerAccount, IReadOnlyCollection<DeliveryPlace> UnderWay);

/// <param name="Taken">In turns over accounts.</param>
/// <param name="NextAt">When the next delivery is due; null if there is none. Deliveries that were left because of a limit do
/// not count.</param>
public sealed record DueDeliveries(IReadOnlyList<Delivery> Taken, DateTimeOffset? NextAt);
