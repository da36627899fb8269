using System.Net;

namespace Rushes.Client;

/// <summary>
/// How long one thing is tried again. Pauses double from half a second, each shortened by chance so that many clients do not
/// come back at once; <c>Retry-After</c> counts instead where the gateway sends it.
/// </summary>
internal sealed class Patience(Uri gateway, TimeSpan whole, TimeSpan longestPause, TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);

    private long began = clock.GetTimestamp();
    private int pauses;

    /// <summary>What has just gone well is waited for anew.</summary>
    public void Restore() => (began, pauses) = (clock.GetTimestamp(), 0);

    /// <summary>Whether it may go well another time. A timeout comes as a cancellation that the caller did not ask for.</summary>
    public static bool MayPass(Exception error) => error switch
    {
        RushesException { Status: { } status } => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
        HttpRequestException or IOException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>Waits for the next try.</summary>
    /// <exception cref="RushesException">The next try would come too late.</exception>
    public async Task WaitAsync(Exception error, CancellationToken cancel)
    {
        var pause = (error as RushesException)?.RetryAfter ?? NextPause();
        var ended = error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError };
        if (ended || clock.GetElapsedTime(began) + pause > whole) throw Say(error);
        await Task.Delay(pause, clock, cancel).ConfigureAwait(false);
    }

    private TimeSpan NextPause()
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(pauses++, 10));
        return (pause < longestPause ? pause : longestPause) * (1 - Random.Shared.NextDouble() / 2);
    }

    private RushesException Say(Exception error) => error as RushesException ?? new RushesException(
        "unreachable", error is OperationCanceledException ? $"The gateway at {gateway} did not answer in time." : $"The gateway at {gateway} cannot be reached: {error.Message}", error);
}
