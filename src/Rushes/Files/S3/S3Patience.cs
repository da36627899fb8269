using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace Rushes.Files.S3;

/// <summary>
/// Retries calls that failed temporarily: a server error, too many requests, a lost or stalled connection, a damaged body. A
/// rejection is final.
/// </summary>
internal sealed class S3Patience(S3Options options, TimeProvider clock)
{
    /// <summary>A connection slower than this, in bytes per second, counts as stalled.</summary>
    private const double Slowest = 128 << 10;

    private static readonly string[] PassingCodes =
        ["RequestTimeout", "BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "OperationAborted"];

    public Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancel) => TryAsync(0, call, cancel);

    /// <param name="bytes">The size of the request body, which extends the time limit.</param>
    /// <exception cref="StoreUnavailableException">The call did not succeed in time, or was rejected.</exception>
    public async Task<T> TryAsync<T>(long bytes, Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(3), clock);
        while (true)
        {
            using var limit = new CancellationTokenSource(options.Timeout + TimeSpan.FromSeconds(bytes / Slowest), clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
            try
            {
                return await call(either.Token);
            }
            catch (Exception error) when (!cancel.IsCancellationRequested && IsOfTheStore(error))
            {
                if (!IsPassing(error) || clock.GetElapsedTime(began) >= options.Patience) throw Unavailable(error);
            }
            await backoff.WaitAsync(cancel);
        }
    }

    /// <summary>The file or upload does not exist.</summary>
    public static bool IsMissing(AmazonS3Exception error) =>
        error.StatusCode == HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket";

    private static bool IsOfTheStore(Exception error) =>
        error is AmazonServiceException or AmazonClientException or HttpRequestException or IOException
            or OperationCanceledException
        && !(error is AmazonS3Exception missing && IsMissing(missing));

    /// <summary>Without a status the response was incomplete.</summary>
    private static bool IsPassing(Exception error) => error is not AmazonServiceException answer
        || answer.StatusCode is 0 or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or >= HttpStatusCode.InternalServerError
        || PassingCodes.Contains(answer.ErrorCode);

    private StoreUnavailableException Unavailable(Exception error) => error switch
    {
        AmazonServiceException { StatusCode: > 0 } answer =>
            new StoreUnavailableException(
                $"{options.Endpoint} answered {(int)answer.StatusCode} {answer.ErrorCode}: {answer.Message}", error),
        OperationCanceledException => new StoreUnavailableException($"{options.Endpoint} did not respond in time.", error),
        _ => new StoreUnavailableException($"{options.Endpoint} cannot be used: {error.GetBaseException().Message}", error),
    };
}
