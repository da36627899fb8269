using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;

namespace Rushes.Server.JobResponses;

/// <summary>Writes a status as JSON, given the job now, the job of the previous event, and the preview if there is one.</summary>
internal delegate byte[] StatusWriter(JobView job, JobView? before, LivePreview? preview);

/// <summary>
/// A job's status as server-sent events: the first at once, one for each stage, the last when the job ends. An event's id
/// identifies the stage, so a client that reconnects with <c>Last-Event-ID</c>, even to another process, does not get it again.
/// In between, <c>preview</c> events have a frame of the unfinished video. They also contain the status, so clients that ignore
/// event names still read valid data.
/// </summary>
internal sealed class StatusStream(JobDesk desk, JobWatch watch, IHostApplicationLifetime lifetime)
{
    private static readonly byte[] KeepAlive = ": still here\n\n"u8.ToArray();

    /// <param name="write">Writes one line of ASCII, because some clients decode each chunk of the stream separately.</param>
    public async Task<Results<EmptyHttpResult, NoContent>> SendAsync(
        HttpContext http, long id, int account, StatusWriter write, CancellationToken cancel)
    {
        var seen = http.Request.Headers["Last-Event-ID"].ToString();
        // 204 stops a browser from reconnecting after the final event.
        if (seen.Length > 0 && await desk.FindAsync(id, account, null, cancel) is JobView.Ended ended
            && JobWatch.StageOf(ended) == seen)
            return TypedResults.NoContent();

        Begin(http.Response);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, http.KeyEnded(), lifetime.ApplicationStopping);
        JobView? before = null;
        LivePreview? shown = null;
        try
        {
            // Send the headers now, because a client that has seen the current stage gets no event until it changes.
            await http.Response.BodyWriter.FlushAsync(stop.Token);
            await foreach (var job in watch.FollowAsync(id, account, seen, stop.Token, previews: true))
            {
                // Each event in one write.
                if (job is null) await http.Response.BodyWriter.WriteAsync(KeepAlive, stop.Token);
                if (job is not null && JobWatch.StageOf(job) is var stage && stage != seen)
                {
                    await http.Response.BodyWriter.WriteAsync(Event($"id: {stage}", write(job, before, null)), stop.Token);
                    (seen, before) = (stage, job);
                }
                if (job?.Preview is { } image && image != shown)
                {
                    await http.Response.BodyWriter.WriteAsync(
                        Event("event: preview", write(job, before, shown = image)), stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client disconnected, its key ended, or the gateway is stopping; clients reconnect with the last event id.
        }
        return TypedResults.Empty;
    }

    private static void Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        // Disables buffering in nginx.
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private static byte[] Event(string head, byte[] data) =>
        [.. Encoding.ASCII.GetBytes($"{head}\ndata: "), .. data, .. "\n\n"u8];
}
