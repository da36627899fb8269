using System.Net;
using System.Net.Http.Headers;

namespace Rushes.Client;

/// <summary>A finished video (H.264 in MP4) on the gateway.</summary>
public sealed class Video
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(60);

    private readonly RushesClient client;

    internal Video(RushesClient client, Job job, Uri url) => (this.client, Job, Url) = (client, job, url);

    /// <summary>The job.</summary>
    public Job Job { get; }

    /// <summary>
    /// The download URL; it needs no key and is valid for one hour. <see cref="RushesClient.ResultAsync"/> returns a new
    /// one.
    /// </summary>
    public Uri Url { get; private set; }

    /// <summary>Saves the video. The file gets its name when it is complete; an interrupted download resumes.</summary>
    /// <exception cref="RushesException">The video was deleted, or the gateway cannot be reached.</exception>
    public async Task SaveAsync(string path, CancellationToken cancel = default)
    {
        var part = $"{path}.{Guid.NewGuid():n}.part";
        try
        {
            var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            await using (file.ConfigureAwait(false)) await new Download(this, file).RunAsync(cancel).ConfigureAwait(false);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Opens the video as a stream that can be read once.</summary>
    /// <exception cref="RushesException">The video was deleted, or the gateway cannot be reached.</exception>
    public async Task<Stream> OpenAsync(CancellationToken cancel = default)
    {
        for (var retries = client.StartRetries(); ;)
        {
            using var limit = new ReadLimit(ResponseTimeout, ResponseTimeout, TimeProvider.System, cancel);
            try
            {
                var answer = await AskAsync(null, null, limit.Token).ConfigureAwait(false);
                return await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancel.IsCancellationRequested && RetryTimer.IsTransient(error))
            {
                await retries.WaitAsync(error, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <param name="from">The byte to start from, if the file still has this tag.</param>
    internal async Task<HttpResponseMessage> AskAsync(long? from, EntityTagHeaderValue? tag, CancellationToken cancel)
    {
        for (var fresh = false; ; fresh = true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url);
            if (from is not null && tag is not null)
            {
                request.Headers.Range = new RangeHeaderValue(from, null);
                request.Headers.IfRange = new RangeConditionHeaderValue(tag);
            }
            var answer = await client.Http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer)
            {
                // The URL has expired.
                if (!fresh && answer.StatusCode
                    is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest)
                    Url = await client.DownloadUrlAsync(Job, cancel).ConfigureAwait(false);
                else
                    throw await ErrorResponse.ReadAsync(answer, TimeProvider.System, cancel).ConfigureAwait(false);
            }
        }
    }

    internal RetryTimer StartRetries() => client.StartRetries();
}
