namespace Rushes.Webhooks;

public sealed record DeliveryOptions
{
    /// <summary>Deliveries under way at once, 1 to 1000. Default 64.</summary>
    public int AtOnce { get; init; } = 64;

    /// <summary>
    /// Of them to one host and port, 1 to <see cref="AtOnce"/>. Default 4: sixteen dead hosts fill the 64, not one.
    /// </summary>
    public int PerHost { get; init; } = 4;

    /// <summary>How long a try may take, from writing the message to the answer, 1 to 60 s. Default 15 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);
}
