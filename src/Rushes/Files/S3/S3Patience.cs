using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace Rushes.Files.S3;

/// <summary>
/// Asks again what the server could not do just now: an error of its own, too much at once, a line that was cut or fell
/// silent, a body that arrived damaged. A refusal is final.
/// </summary>
internal sealed class S3Patience(S3Options options, TimeProvider clock)
{
    /// <summary>A line slower than this, in bytes a second, counts as silent.</summary>
    private const double Slowest = 128 << 10;

    private static readonly string[] PassingCodes = ["RequestTimeout", "BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "OperationAborted"];

    public Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancel) => TryAsync(0, call, cancel);

    /// <param name="bytes">What the call sends: it may take longer by so much.</param>
    /// <exception cref="StoreUnavailableException">It did not work in time, or was refused.</exception>
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

    /// <summary>There is no such file, or no such upload.</summary>
    public static bool IsMissing(AmazonS3Exception error) =>
        error.StatusCode == HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket";

    private static bool IsOfTheStore(Exception error) =>
        error is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException
        && !(error is AmazonS3Exception missing && IsMissing(missing));

    /// <summary>Without a status there was no whole answer.</summary>
    private static bool IsPassing(Exception error) => error is not AmazonServiceException answer
        || answer.StatusCode is 0 or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
        || PassingCodes.Contains(answer.ErrorCode);

    private StoreUnavailableException Unavailable(Exception error) => error switch
    {
        AmazonServiceException { StatusCode: > 0 } answer =>
            new StoreUnavailableException(
                $"{options.Endpoint} answered {(int)answer.StatusCode} {answer.ErrorCode}: {answer.Message}", error),
        OperationCanceledException => new StoreUnavailableException($"{options.Endpoint} does not answer in time.", error),
        _ => new StoreUnavailableException($"{options.Endpoint} cannot be used: {error.GetBaseException().Message}", error),
    };
}
