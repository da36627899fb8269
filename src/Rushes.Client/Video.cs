using System.Net;
using System.Net.Http.Headers;

namespace Rushes.Client;

/// <summary>A finished video, H.264 in an mp4, still at the gateway.</summary>
public sealed class Video
{
    private static readonly TimeSpan HeadWithin = TimeSpan.FromSeconds(60);

    private readonly RushesClient client;

    internal Video(RushesClient client, Job job, Uri link) => (this.client, Job, Link) = (client, job, link);

    /// <summary>The job it came of.</summary>
    public Job Job { get; }

    /// <summary>Needs no key and lives an hour; <see cref="RushesClient.ResultAsync"/> gives a fresh one.</summary>
    public Uri Link { get; private set; }

    /// <summary>Saves it. The file appears under its name once it is whole; a download that breaks off is taken up where it broke.</summary>
    /// <exception cref="RushesException">It was removed from the gateway, or nobody answered.</exception>
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

    /// <summary>Opens it to be read once, as it comes.</summary>
    /// <exception cref="RushesException">It was removed from the gateway, or nobody answered.</exception>
    public async Task<Stream> OpenAsync(CancellationToken cancel = default)
    {
        for (var patience = client.StartPatience(); ;)
        {
            using var limit = new ReadLimit(HeadWithin, HeadWithin, TimeProvider.System, cancel);
            try
            {
                var answer = await AskAsync(null, null, limit.Token).ConfigureAwait(false);
                return await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancel.IsCancellationRequested && Patience.MayPass(error))
            {
                await patience.WaitAsync(error, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <param name="from">Only what comes after so many bytes, if it is still the file of that tag.</param>
    internal async Task<HttpResponseMessage> AskAsync(long? from, EntityTagHeaderValue? tag, CancellationToken cancel)
    {
        for (var fresh = false; ; fresh = true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Link);
            if (from is not null && tag is not null)
            {
                request.Headers.Range = new RangeHeaderValue(from, null);
                request.Headers.IfRange = new RangeConditionHeaderValue(tag);
            }
            var answer = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer)
            {
                // Its hour has passed.
                if (!fresh && answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest)
                    Link = await client.LinkAsync(Job, cancel).ConfigureAwait(false);
                else
                    throw await Refusal.OfAsync(answer, TimeProvider.System, cancel).ConfigureAwait(false);
            }
        }
    }

    internal Patience StartPatience() => client.StartPatience();
}
