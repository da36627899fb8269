using System.Net;
using System.Net.Http.Headers;

namespace Rushes.Client;

/// <summary>Brings a video into a file, in as many pieces as it takes.</summary>
internal sealed class Download(Video video, FileStream file)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(60);

    private EntityTagHeaderValue? tag;

    public async Task RunAsync(CancellationToken cancel)
    {
        for (var patience = video.StartPatience(); ;)
        {
            try
            {
                await CopyAsync(patience, cancel).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (!cancel.IsCancellationRequested && error is not UnauthorizedAccessException && Patience.MayPass(error))
            {
                await patience.WaitAsync(error, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task CopyAsync(Patience patience, CancellationToken cancel)
    {
        using var limit = new ReadLimit(Quiet, Quiet, TimeProvider.System, cancel);
        using var answer = await video.AskAsync(file.Position == 0 ? null : file.Position, tag, limit.Token).ConfigureAwait(false);
        // Another file, or a store that sends no parts: from the beginning.
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
                patience.Restore();
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
            // A full disk does not pass by asking again.
            throw new RushesException("unwritable_file", $"{file.Name} cannot be written: {error.Message}", error);
        }
    }
}
