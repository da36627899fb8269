using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;

namespace Rushes.Server.JobResponses;

/// <summary>The status in JSON, of the job as it is and as the last event had it; with a preview, that in it too.</summary>
internal delegate byte[] StatusWriter(JobView job, JobView? before, LivePreview? preview);

/// <summary>
/// A job's status as server-sent events: the first at once, one for each stage, the last when it ends. An event's id names
/// the stage, so a client that comes back with <c>Last-Event-ID</c>, to this process or the next, is not told it twice.
/// Events called <c>preview</c> come between, with pictures of the unfinished video: the same status with a picture in it, so
/// that a client which does not look at an event's name reads nothing wrong.
/// </summary>
internal sealed class StatusStream(JobDesk desk, JobWatch watch, IHostApplicationLifetime lifetime)
{
    private static readonly byte[] StillHere = ": still here\n\n"u8.ToArray();

    /// <param name="write">Writes ASCII on one line: there are clients that decode each piece of the stream by itself.</param>
    public async Task<Results<EmptyHttpResult, NoContent>> SendAsync(HttpContext http, long id, int account, StatusWriter write, CancellationToken cancel)
    {
        var seen = http.Request.Headers["Last-Event-ID"].ToString();
        // To a browser that has seen the end, 204 means: do not come again.
        if (seen.Length > 0 && await desk.FindAsync(id, account, null, cancel) is { State.IsFinished: true } ended && JobWatch.StageOf(ended) == seen)
            return TypedResults.NoContent();

        Begin(http.Response);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, http.KeyEnded(), lifetime.ApplicationStopping);
        JobView? before = null;
        LivePreview? shown = null;
        try
        {
            // Those who have seen the present stage wait for nothing but the answer's head.
            await http.Response.BodyWriter.FlushAsync(stop.Token);
            await foreach (var job in watch.FollowAsync(id, account, seen, stop.Token, previews: true))
            {
                // In one piece each.
                if (job is null) await http.Response.BodyWriter.WriteAsync(StillHere, stop.Token);
                if (job is not null && JobWatch.StageOf(job) is var stage && stage != seen)
                {
                    await http.Response.BodyWriter.WriteAsync(Event($"id: {stage}", write(job, before, null)), stop.Token);
                    (seen, before) = (stage, job);
                }
                if (job?.Preview is { } picture && picture != shown)
                {
                    await http.Response.BodyWriter.WriteAsync(Event("event: preview", write(job, before, shown = picture)), stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client left, its key ended, or the gateway stops: clients come back with what they saw last.
        }
        return TypedResults.Empty;
    }

    private static void Begin(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        // nginx would hold events back.
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private static byte[] Event(string head, byte[] data) => [.. Encoding.ASCII.GetBytes($"{head}\ndata: "), .. data, .. "\n\n"u8];
}
