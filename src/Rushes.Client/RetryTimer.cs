using System.Net;

namespace Rushes.Client;

/// <summary>
/// Delays between retries of one operation: exponential from half a second, with jitter, or <c>Retry-After</c> if the gateway
/// sends it.
/// </summary>
internal sealed class RetryTimer(
    Uri gateway, TimeSpan timeout, TimeSpan maxDelay, TimeProvider clock, Action<bool>? connectionChanged)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.5);

    private long started = clock.GetTimestamp();
    private int retries;
    private bool isLost;

    /// <summary>Starts over after success.</summary>
    public void Reset() => (started, retries) = (clock.GetTimestamp(), 0);

    /// <summary>The gateway responded.</summary>
    public void Connected()
    {
        if (!isLost) return;
        isLost = false;
        connectionChanged?.Invoke(true);
    }

    /// <summary>Whether a retry can succeed. A timeout is a cancellation that the caller did not request.</summary>
    public static bool IsTransient(Exception error) => error switch
    {
        RushesException { Status: { } status } => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout,
        HttpRequestException or IOException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>Waits until the next attempt.</summary>
    /// <exception cref="RushesException">The error is permanent, or the timeout is over.</exception>
    public async Task WaitAsync(Exception error, CancellationToken cancel)
    {
        var delay = (error as RushesException)?.RetryAfter ?? NextDelay();
        var isPermanent =
            error is HttpRequestException
                { HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError };
        if (isPermanent || clock.GetElapsedTime(started) + delay > timeout) throw ToException(error);
        if (!isLost) connectionChanged?.Invoke(false);
        isLost = true;
        await Task.Delay(delay, clock, cancel).ConfigureAwait(false);
    }

    private TimeSpan NextDelay()
    {
        var delay = FirstDelay * Math.Pow(2, Math.Min(retries++, 10));
        return (delay < maxDelay ? delay : maxDelay) * (1 - Random.Shared.NextDouble() / 2);
    }

    private RushesException ToException(Exception error) => error as RushesException ?? new RushesException(
        "unreachable",
        error is OperationCanceledException
            ? $"The gateway at {gateway} did not respond in time."
            : $"The gateway at {gateway} cannot be reached: {error.Message}",
        error);
}
