using System.Buffers;
using System.Security.Cryptography;

namespace Rushes.Outbound;

/// <summary>Downloads the content of a customer's URL to a file.</summary>
public sealed class Fetcher(OutboundHttp http, TimeProvider time)
{
    private const int BufferSize = 80 * 1024, MaxRedirects = 3;

    /// <summary>How many bytes more than the file a coding of it may have.</summary>
    private const int CodingOverhead = 64 * 1024;

    /// <param name="toFile">Must not exist. It exists afterwards only if the result is <see cref="Fetched"/>.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task<FetchResult> FetchAsync(string url, string toFile, FetchLimits limits, CancellationToken cancel)
    {
        if (!OutboundUrl.TryParse(url, out var start, out var rejected)) return rejected;

        using var limit = new CancellationTokenSource(limits.Time, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return await FollowAsync(start, toFile, limits, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return new Rejected(
                RejectedCode.TooSlow, $"The URL's content did not arrive within {limits.Time.TotalSeconds:0.#} seconds.");
        }
    }

    private async Task<FetchResult> FollowAsync(
        OutboundUrl url, string toFile, FetchLimits limits, CancellationToken cancel)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage
            {
                Headers = { { "Accept", "*/*" }, { "Accept-Encoding", "identity" } },
            };
            var answer = await http.SendAsync(url, request, cancel);
            if (answer is OutboundAnswer.NotReached { Why: var why }) return redirects == 0 ? why : why.AfterRedirect();
            using var response = ((OutboundAnswer.Answered)answer).Response;

            if (LocationOf(response) is not { } location)
                return await TakeAsync(response, toFile, limits.MaxBytes, cancel);
            if (redirects == MaxRedirects)
                return new Rejected(
                    RejectedCode.TooManyRedirects, $"The URL redirects more than {MaxRedirects} times.");
            if (!url.TryFollow(location, out var next, out var rejected)) return rejected.AfterRedirect();
            url = next;
        }
    }

    private static string? LocationOf(HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308
        && response.Headers.NonValidated.TryGetValues("Location", out var values)
            ? values.FirstOrDefault()
            : null;

    private static async Task<FetchResult> TakeAsync(
        HttpResponseMessage response, string toFile, long maxBytes, CancellationToken cancel)
    {
        if (!response.IsSuccessStatusCode)
            return new Rejected(
                RejectedCode.BadStatus, $"The URL answered with status {(int)response.StatusCode} instead of a file.");
        if (response.Content.Headers.ContentLength > maxBytes) return TooLarge(maxBytes);
        var codings = ContentCoding.Of(response);
        if (!ContentCoding.CanUndo(codings))
            return Encoded(
                $"has the Content-Encoding {Named(codings)}; send a URL of the file without it, or with gzip, br or deflate");

        FetchResult? result = null;
        var file = new FileStream(toFile, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
        try
        {
            await using (file)
            {
                // Of what is received, too: a coding may hold any number of bytes that decode to none.
                var received = new CountedStream(await response.Content.ReadAsStreamAsync(cancel), maxBytes + CodingOverhead);
                await using var content = ContentCoding.Undone(received, codings);
                try
                {
                    return result = await CopyAsync(content, file, maxBytes, cancel);
                }
                catch (Exception) when (received.IsOver)
                {
                    return TooLarge(maxBytes);
                }
                // Brotli reports invalid data as an invalid operation.
                catch (Exception error) when (codings.Count > 0 && error is InvalidDataException or InvalidOperationException)
                {
                    return Encoded($"is not complete and valid {Named(codings)}, which its Content-Encoding names");
                }
            }
        }
        finally
        {
            if (result is not Fetched) File.Delete(toFile);
        }
    }

    private static async Task<FetchResult> CopyAsync(
        Stream content, FileStream file, long maxBytes, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            // Counted, because the Content-Length may be missing or wrong.
            for (long bytes = 0; ;)
            {
                if (await TryReadAsync(content, buffer, cancel) is not { } count)
                    return new Rejected(RejectedCode.Interrupted, "The URL's content broke off before its end.");
                if (count == 0) return new Fetched(bytes, hash.GetHashAndReset());
                bytes += count;
                if (bytes > maxBytes) return TooLarge(maxBytes);
                hash.AppendData(buffer, 0, count);
                await file.WriteAsync(buffer.AsMemory(0, count), cancel);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Null if the connection broke, which is the sender's fault; an error of writing the file is ours.</summary>
    private static async Task<int?> TryReadAsync(Stream content, byte[] buffer, CancellationToken cancel)
    {
        try
        {
            return await content.ReadAsync(buffer, cancel);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            cancel.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static string Named(IReadOnlyList<string> codings) => string.Join(", ", codings.Take(3));

    private static Rejected Encoded(string how) => new(RejectedCode.Encoded, $"The URL's content {how}.");

    private static Rejected TooLarge(long maxBytes) =>
        new(RejectedCode.TooLarge, $"The URL's content is larger than the {maxBytes:N0} bytes allowed.");
}
