using System.Net;
using System.Net.Http.Headers;

namespace Rushes.Client;

/// <summary>Downloads a video into a file and resumes after interruptions.</summary>
internal sealed class Download(Video video, FileStream file)
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    private EntityTagHeaderValue? tag;

    public async Task RunAsync(CancellationToken cancel)
    {
        for (var retries = video.StartRetries(); ;)
        {
            try
            {
                await CopyAsync(retries, cancel).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (!cancel.IsCancellationRequested && error is not UnauthorizedAccessException
                && RetryTimer.IsTransient(error))
            {
                await retries.WaitAsync(error, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task CopyAsync(RetryTimer retries, CancellationToken cancel)
    {
        using var limit = new ReadLimit(IdleTimeout, IdleTimeout, TimeProvider.System, cancel);
        using var answer = await video.AskAsync(
            file.Position == 0 ? null : file.Position, tag, limit.Token).ConfigureAwait(false);
        // The file changed, or the server does not support ranges: start from the beginning.
        if (answer.StatusCode != HttpStatusCode.PartialContent) file.SetLength(0);
        tag = answer.Headers.ETag;
        var body = new LimitedStream(await answer.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false), limit);
        await using (body.ConfigureAwait(false))
        {
            var buffer = new byte[128 * 1024];
            int read;
            while ((read = await body.ReadAsync(buffer, limit.Token).ConfigureAwait(false)) > 0)
            {
                await WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
                retries.Reset();
            }
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancel)
    {
        try
        {
            await file.WriteAsync(piece, cancel).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            // Retrying does not help against a full disk.
            throw new RushesException("unwritable_file", $"{file.Name} cannot be written: {error.Message}", error);
        }
    }
}
