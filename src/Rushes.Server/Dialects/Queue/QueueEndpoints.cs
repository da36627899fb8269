using System.Globalization;
using System.Text.Json;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Queue;

/// <summary>
/// The queue dialect: create, status, preview, approve, cancel, result, direct download. Specified in docs/api/queue.md.
/// </summary>
internal sealed class QueueEndpoints(
    ModelCatalog catalog, JobIntake intake, JobDesk desk, IFileStore files, Origin origin, BodyReader bodies, ResultLinks links,
    StatusStream streams, Capacity capacity, KeepRules keep)
{
    private static readonly TimeSpan ResultLink = TimeSpan.FromHours(1);
    private static readonly TimeSpan DownloadLink = TimeSpan.FromHours(2);

    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("").WithMetadata(QueueErrors.Access);
        calls.MapPost("/queue/{model}", CreateAsync).RequireScope(Scopes.Submit);
        calls.MapGet("/queue/{model}/requests/{id}/status", StatusAsync).RequireScope(Scopes.Read);
        calls.MapGet("/queue/{model}/requests/{id}/status/stream", StreamAsync).RequireScope(Scopes.Read).IsStream();
        calls.MapGet("/queue/{model}/requests/{id}/preview", PreviewAsync).RequireScope(Scopes.Read);
        string[] putOrPost = [HttpMethods.Put, HttpMethods.Post];
        calls.MapMethods("/queue/{model}/requests/{id}/cancel", putOrPost, CancelAsync).RequireScope(Scopes.Submit);
        calls.MapMethods("/queue/{model}/requests/{id}/approve", putOrPost, ApproveAsync).RequireScope(Scopes.Submit);
        calls.MapGet("/queue/{model}/requests/{id}", ResultAsync).RequireScope(Scopes.Read);
        calls.MapGet("/fal/download/{bucket}/{**key}", DownloadAsync).RequireScope(Scopes.Read);
    }

    private async Task<IResult> CreateAsync(HttpContext http, string model, CancellationToken cancel)
    {
        if (catalog.Find(model) is not { } found) return QueueErrors.UnknownModel(model);
        if (!BodyReader.IsJson(http.Request)) return QueueErrors.NotJson(http.Request.ContentType);

        using var body = await bodies.ReadAsync(http, cancel);
        if (body.Problem is { } problem) return QueueErrors.Of(http, problem);

        var request = new JobRequest
        {
            Account = http.Caller().Account,
            Model = found,
            Fields = body.Fields,
            Media = body.Media,
            Binary = AsksForLink(http.Request),
            Callback = Callback.Of(body.Fields, "webhook_url"),
            Timeout = JobTimeoutHeader.Read(http.Request),
            IdempotencyKey = IdempotencyHeader.Read(http.Request),
        };
        return await intake.AnswerAsync(
            http, request, model,
            accepted => Task.FromResult<IResult>(JsonAnswer.Of(
                QueueMap.Created(origin.Of(http.Request), model, accepted.Id, capacity.Lacks(found.Id)),
                QueueWire.Json.QueueCreated)),
            QueueErrors.Of, cancel);
    }

    private async Task<IResult> StatusAsync(HttpContext http, string model, string id, CancellationToken cancel)
    {
        var (rejection, request) = Address(http, model, id);
        if (rejection is not null) return rejection;
        if (await desk.FindAsync(request.Id, request.Caller.Account, request.Model, cancel) is not { } job)
            return QueueErrors.UnknownRequest(id);
        return JsonAnswer.Of(Status(job, origin.Of(http.Request), model, id), QueueWire.Json.QueueStatus);
    }

    private async Task<IResult> StreamAsync(HttpContext http, string model, string id, CancellationToken cancel)
    {
        var (rejection, request) = Address(http, model, id);
        if (rejection is not null) return rejection;
        if (await desk.FindAsync(request.Id, request.Caller.Account, request.Model, cancel) is null)
            return QueueErrors.UnknownRequest(id);
        var from = origin.Of(http.Request);
        return await streams.SendAsync(
            http, request.Id, request.Caller.Account,
            (job, _, preview) => JsonSerializer.SerializeToUtf8Bytes(
                Status(job, from, model, id) with { Preview = PreviewAnswer.Inline(preview) },
                QueueWire.Ascii.QueueStatus), cancel);
    }

    private async Task<IResult> PreviewAsync(HttpContext http, string model, string id, CancellationToken cancel)
    {
        var (rejection, request) = Address(http, model, id);
        if (rejection is not null) return rejection;
        if (await desk.FindAsync(request.Id, request.Caller.Account, request.Model, cancel) is not { } job)
            return QueueErrors.UnknownRequest(id);
        return job.Preview is { } preview ? PreviewAnswer.Of(http, preview) : QueueErrors.NoPreview();
    }

    private QueueStatus Status(JobView job, string from, string model, string id) =>
        QueueMap.Status(job, QueueMap.ResponseUrl(from, model, id), files.Bucket, links.ToDraft(job.Draft, from), keep);

    private async Task<IResult> ApproveAsync(HttpContext http, string model, string id, CancellationToken cancel)
    {
        var (rejection, request) = Address(http, model, id);
        if (rejection is not null) return rejection;
        return await desk.ApproveAsync(request.Id, request.Caller.Account, request.Model, cancel) switch
        {
            ApproveOutcome.Approved => TypedResults.NoContent(),
            ApproveOutcome.NotAsked => await ConflictAsync(
                request.Id, request.Caller, "not_awaiting",
                "It was not created with \"draft\": \"approve\", so it needs no approval.", cancel),
            ApproveOutcome.AlreadyFinished => await ConflictAsync(
                request.Id, request.Caller, "already_finished", "The request has ended and can no longer be approved.", cancel),
            _ => QueueErrors.UnknownRequest(id),
        };
    }

    private async Task<IResult> CancelAsync(HttpContext http, string model, string id, bool? force, CancellationToken cancel)
    {
        var (rejection, request) = Address(http, model, id);
        if (rejection is not null) return rejection;
        return await desk.CancelAsync(request.Id, request.Caller.Account, request.Model, force ?? false, cancel) switch
        {
            CancelOutcome.Cancelled => TypedResults.NoContent(),
            CancelOutcome.Stopping => TypedResults.StatusCode(StatusCodes.Status202Accepted),
            CancelOutcome.Running =>
                QueueErrors.Conflict(
                    "already_started", "The request is already running; \"?force=true\" stops it.", JobState.Running),
            CancelOutcome.AlreadyFinished => await ConflictAsync(
                request.Id, request.Caller, "already_finished", "The request has ended and can no longer be cancelled.", cancel),
            _ => QueueErrors.UnknownRequest(id),
        };
    }

    /// <summary>With the state of the request; 404 if it was deleted meanwhile.</summary>
    private async Task<IResult> ConflictAsync(long id, Caller caller, string code, string message, CancellationToken cancel) =>
        await desk.ReadAsync(id, caller.Account, null, cancel) is { } job
            ? QueueErrors.Conflict(code, message, job.State)
            : QueueErrors.UnknownRequest(id.ToString(CultureInfo.InvariantCulture));

    private async Task<IResult> ResultAsync(HttpContext http, string model, string id, CancellationToken cancel)
    {
        var (rejection, request) = Address(http, model, id);
        if (rejection is not null) return rejection;
        if (await desk.FindAsync(request.Id, request.Caller.Account, request.Model, cancel) is not { } job)
            return QueueErrors.UnknownRequest(id);

        switch (job)
        {
            case JobView.Completed done:
                return await VideoAsync(http, done, cancel);
            case JobView.Failed failed:
                return QueueErrors.Conflict(failed.Error.Code, $"The request failed: {failed.Error.Message}", job.State);
            case JobView.Cancelled:
                return QueueErrors.Conflict("cancelled", "The request was cancelled, so there is no result.", job.State);
            case JobView.Waiting { State: JobState.Awaiting }:
                return QueueErrors.Conflict(
                    "awaiting_approval", "The request awaits approval; its status has the draft.", job.State);
            default:
                var wait = Math.Clamp((int)Math.Ceiling((job.Remaining ?? TimeSpan.Zero).TotalSeconds), 1, 60);
                http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
                return QueueErrors.Conflict("not_finished", "The request is not finished; poll its status.", job.State);
        }
    }

    private async Task<IResult> VideoAsync(HttpContext http, JobView.Completed job, CancellationToken cancel)
    {
        if (job.Job.Binary || AsksForLink(http.Request))
        {
            if (await files.FindAsync(job.ResultKey, cancel) is null) return QueueErrors.Deleted();
            var link = files.Presign(HttpMethods.Get, job.ResultKey, ResultLink, new Uri(origin.Of(http.Request))).AbsoluteUri;
            return TypedResults.Json(new QueueVideo(new QueueLink(link, link)), QueueWire.Json.QueueVideo);
        }
        return await files.OpenAsync(job.ResultKey, cancel) is { } video
            ? new Base64Result(video, job.Job.ResultBytes)
            : QueueErrors.Deleted();
    }

    private static bool AsksForLink(HttpRequest request) =>
        string.Equals(request.Headers["x-pipelet-output"], "binary", StringComparison.OrdinalIgnoreCase);

    private async Task<IResult> DownloadAsync(HttpContext http, string bucket, string key, CancellationToken cancel)
    {
        if (bucket != files.Bucket || !FileOwner.Owns(http.Caller().Account, key) || await files.FindAsync(key, cancel) is null)
            return QueueErrors.FileNotFound();
        var link = files.Presign(HttpMethods.Get, key, DownloadLink, new Uri(origin.Of(http.Request)));
        return TypedResults.Json(new QueueDownload(link.AbsoluteUri, key, $"r2://{bucket}/{key}"), QueueWire.Json.QueueDownload);
    }

    /// <summary>The caller and the job; for other accounts' jobs the response is the same 404.</summary>
    private (IResult? Rejection, (Caller Caller, Model Model, long Id) Request) Address(HttpContext http, string model, string id)
    {
        if (catalog.Find(model) is not { } found) return (QueueErrors.UnknownModel(model), default);
        return desk.NumberOf(id) is { } number ? (null, (http.Caller(), found, number)) : (QueueErrors.BadId(id), default);
    }
}
