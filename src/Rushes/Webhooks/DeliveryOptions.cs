namespace Rushes.Webhooks;

public sealed record DeliveryOptions
{
    /// <summary>Maximum deliveries at once, 1 to 1000. Default 64.</summary>
    public int AtOnce { get; init; } = 64;

    /// <summary>
    /// Maximum deliveries to one host and port at once, 1 to <see cref="AtOnce"/>. Default 4, so that one unreachable host
    /// does not use all 64.
    /// </summary>
    public int PerHost { get; init; } = 4;

    /// <summary>Time limit of an attempt, from connecting to the response, 1 to 60 s. Default 15 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);
}
