using System.Text.Json;
using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Fal;

/// <summary>
/// fal's queue API: submit, status, status stream, result, cancel, and the extensions approve and preview. Specified in
/// docs/api/fal.md.
/// </summary>
internal sealed class FalEndpoints(
    FalApps apps, FalSubmit submit, FalResults results, ResultLinks links, JobDesk desk, JobIds ids, Origin origin,
    StatusStream streams, TimeProvider clock)
{
    public const string RequestIdHeader = "x-fal-request-id";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var owner in apps.Owners)
        {
            var group = routes.MapGroup($"/{owner}/{{name}}");
            // The queue dialect has the same paths; its clients send Bearer.
            if (owner == FalApps.Queue) group.WithMetadata(new AuthorizationScheme("Key"));
            MapReads(group, owner);
            MapWrites(group, owner);
        }
    }

    private void MapReads(IEndpointRouteBuilder group, string owner)
    {
        var calls = group.MapGroup("").RequireScope(Scopes.Read);
        calls.MapGet(
            "/requests/{id}",
            (HttpContext http, string name, string id, CancellationToken cancel) => ResultAsync(
                http, new(owner, name), id, cancel));
        calls.MapGet("/requests/{id}/status",
            (HttpContext http, string name, string id, string? logs, CancellationToken cancel) =>
            StatusAsync(http, new(owner, name), id, logs, cancel));
        calls.MapGet("/requests/{id}/status/stream",
            (HttpContext http, string name, string id, string? logs, CancellationToken cancel) =>
            StreamAsync(http, new(owner, name), id, logs, cancel)).IsStream();
        calls.MapGet("/requests/{id}/preview", (HttpContext http, string name, string id, CancellationToken cancel) =>
            PreviewAsync(http, new(owner, name), id, cancel));
    }

    private void MapWrites(IEndpointRouteBuilder group, string owner)
    {
        var calls = group.MapGroup("").RequireScope(Scopes.Submit);
        calls.MapPost("/{**path}", (HttpContext http, string name, string? path, CancellationToken cancel) =>
            SubmitAsync(http, new(owner, name), path, cancel));
        // fal's own clients send PUT; other tools expect POST.
        string[] putOrPost = [HttpMethods.Put, HttpMethods.Post];
        calls.MapMethods("/requests/{id}/approve", putOrPost,
            (HttpContext http, string name, string id, CancellationToken cancel) => ApproveAsync(
                http, new(owner, name), id, cancel));
        calls.MapMethods(
            "/requests/{id}/cancel", putOrPost, (HttpContext http, string name, string id, CancellationToken cancel) =>
            CancelAsync(http, new(owner, name), id, cancel));
    }

    private async Task<IResult> SubmitAsync(HttpContext http, FalApp app, string? path, CancellationToken cancel)
    {
        var (rejection, caller, id) = await submit.TakeAsync(http, app, path, waited: false, cancel);
        if (rejection is not null) return rejection;
        var job = await desk.FindAsync(id, caller.Account, null, cancel)
            ?? throw new InvalidOperationException($"job {id} was accepted and is gone");
        // The status of a new job is always queued, even if a worker has already claimed it.
        if (job is JobView.Running) job = new JobView.Waiting(id, job.Model, JobState.Pending, job.Draft);
        return JsonAnswer.Of(Status(job, origin.Of(http.Request), app, Name(http, id)), FalWire.Json.FalStatus);
    }

    private async Task<IResult> StatusAsync(HttpContext http, FalApp app, string id, string? logs, CancellationToken cancel)
    {
        var (rejection, _, job) = await FindAsync(http, app, id, cancel);
        if (rejection is not null) return rejection;
        var status = Status(job, origin.Of(http.Request), app, Name(http, job.Id));
        if (IsYes(logs)) status = status with { Logs = FalMap.Logs(job, clock.GetUtcNow()) };
        return JsonAnswer.Of(
            status, FalWire.Json.FalStatus,
            job.State.IsFinished ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private async Task<IResult> StreamAsync(HttpContext http, FalApp app, string id, string? logs, CancellationToken cancel)
    {
        var (rejection, caller, found) = await FindAsync(http, app, id, cancel);
        if (rejection is not null) return rejection;
        var (from, name) = (origin.Of(http.Request), Name(http, found.Id));
        return await streams.SendAsync(http, found.Id, caller.Account, Write, cancel);

        // Clients concatenate the logs of all events, so each event has only new lines.
        byte[] Write(JobView job, JobView? before, LivePreview? preview)
        {
            var status = Status(job, from, app, name) with { Preview = PreviewAnswer.Inline(preview) };
            if (IsYes(logs))
            {
                var now = clock.GetUtcNow();
                var sent = before is null ? [] : FalMap.Logs(before, now).Select(line => line.Message).ToHashSet();
                status = status with { Logs = [.. FalMap.Logs(job, now).Where(line => !sent.Contains(line.Message))] };
            }
            return JsonSerializer.SerializeToUtf8Bytes(status, FalWire.Ascii.FalStatus);
        }
    }

    private async Task<IResult> PreviewAsync(HttpContext http, FalApp app, string id, CancellationToken cancel)
    {
        var (rejection, _, job) = await FindAsync(http, app, id, cancel);
        if (rejection is not null) return rejection;
        return job.Preview is { } preview ? PreviewAnswer.Of(http, preview) : FalErrors.NoPreview();
    }

    private FalStatus Status(JobView job, string from, FalApp app, string id) =>
        FalMap.Status(job, from, app, id, links.ToDraft(job.Draft, from));

    private async Task<IResult> ResultAsync(HttpContext http, FalApp app, string id, CancellationToken cancel)
    {
        var (rejection, _, job) = await FindAsync(http, app, id, cancel);
        if (rejection is not null) return rejection;
        return job is JobView.Ended ended
            ? await results.AnswerAsync(http, ended, origin.Of(http.Request), cancel)
            : FalErrors.NotFinished();
    }

    private async Task<IResult> ApproveAsync(HttpContext http, FalApp app, string id, CancellationToken cancel)
    {
        var (rejection, caller, job) = await FindAsync(http, app, id, cancel);
        if (rejection is not null) return rejection;
        return await desk.ApproveAsync(job.Id, caller.Account, null, cancel) switch
        {
            ApproveOutcome.Approved =>
                TypedResults.Json(new FalWord("APPROVED"), FalWire.Json.FalWord, statusCode: StatusCodes.Status202Accepted),
            ApproveOutcome.NotAsked =>
                TypedResults.Json(new FalWord("NOT_AWAITING"), FalWire.Json.FalWord, statusCode: StatusCodes.Status400BadRequest),
            ApproveOutcome.AlreadyFinished =>
                TypedResults.Json(
                    new FalWord("ALREADY_COMPLETED"), FalWire.Json.FalWord, statusCode: StatusCodes.Status400BadRequest),
            _ => FalErrors.UnknownRequest(id),
        };
    }

    private async Task<IResult> CancelAsync(HttpContext http, FalApp app, string id, CancellationToken cancel)
    {
        var (rejection, caller, job) = await FindAsync(http, app, id, cancel);
        if (rejection is not null) return rejection;
        return await desk.CancelAsync(job.Id, caller.Account, null, force: true, cancel) switch
        {
            CancelOutcome.AlreadyFinished =>
                TypedResults.Json(
                    new FalWord("ALREADY_COMPLETED"), FalWire.Json.FalWord, statusCode: StatusCodes.Status400BadRequest),
            CancelOutcome.Unknown => FalErrors.UnknownRequest(id),
            _ =>
                TypedResults.Json(
                    new FalWord("CANCELLATION_REQUESTED"), FalWire.Json.FalWord, statusCode: StatusCodes.Status202Accepted),
        };
    }

    /// <summary>The caller's job under this app; for other accounts' jobs the response is the same 404.</summary>
    private async Task<(IResult? Rejection, Caller Caller, JobView Job)> FindAsync(
        HttpContext http, FalApp app, string id, CancellationToken cancel)
    {
        var caller = http.Caller();
        if (!apps.Knows(app)) return (FalErrors.UnknownApp($"{app}"), null!, null!);
        if (desk.NumberOf(id) is not { } number || await desk.FindAsync(number, caller.Account, null, cancel) is not { } job
            || !apps.Holds(app, job.Model))
            return (FalErrors.UnknownRequest(id), null!, null!);
        http.Response.Headers[RequestIdHeader] = ids.ToUuid(number);
        return (null, caller, job);
    }

    private string Name(HttpContext http, long id)
    {
        var name = ids.ToUuid(id);
        http.Response.Headers[RequestIdHeader] = name;
        return name;
    }

    private static bool IsYes(string? flag) => flag is "1" || string.Equals(flag, "true", StringComparison.OrdinalIgnoreCase);
}
