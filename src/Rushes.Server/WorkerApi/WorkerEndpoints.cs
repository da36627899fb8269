using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Files;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Settings;
using Rushes.Work;
using Rushes.Work.Remote;

namespace Rushes.Server.WorkerApi;

/// <summary>
/// The API of remote workers: claim (a long poll) and hello; heartbeat, input, video and end of a lease, only for the key and
/// worker that took it.
/// </summary>
internal sealed partial class WorkerEndpoints(
    ModelCatalog catalog, LocalJobSource source, IFileStore files, WorkerAccess door, WorkerRoster roster,
    VideoDeliveries deliveries,
    WorkOptions work, GatewayOptions options, TimeProvider clock)
{
    /// <summary>Shorter than the timeouts of common proxies.</summary>
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(25);

    /// <summary>The maximum size of a call's JSON; the largest part is the preview of a heartbeat.</summary>
    private const int MaxBytes = 1 << 20;

    private readonly OfferReader cards = new(catalog);

    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("/worker").WithMetadata(WorkerAccess.Access).RequireScope(Scopes.Worker);
        calls.MapPost("/claim", ClaimAsync).IsLongPoll().WithMetadata(new RequestSizeLimitAttribute(MaxBytes));
        calls.MapPost("/hello", HelloAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBytes));
        calls.MapPost("/jobs/{id:long}/heartbeat", HeartbeatAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBytes));
        calls.MapGet("/jobs/{id:long}/input", InputAsync);
        calls.MapPut("/jobs/{id:long}/video", VideoAsync);
        calls.MapPost("/jobs/{id:long}/end", EndAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBytes));
    }

    private async Task<IResult> ClaimAsync(HttpContext http, CancellationToken cancel)
    {
        var (offer, rejection) = await RegisterAsync(http, cancel);
        if (rejection is not null) return rejection;
        if (offer!.Models.Count == 0)
            return WorkerAccess.Rejection(StatusCodes.Status400BadRequest, "The registration needs at least one model.");

        using var poll = new CancellationTokenSource(LongPoll, clock);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel, http.KeyEnded(), poll.Token);
        Lease lease;
        try
        {
            lease = await source.ClaimAsync(offer, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return TypedResults.NoContent();
        }
        if (!http.RequestAborted.IsCancellationRequested)
            return TypedResults.Json(AssignmentOf(lease), WorkerJson.Default.Assignment);

        // The worker disconnected during the claim; the job returns to the queue.
        await source.EndAsync(lease, new RunOutcome.Returned(), CancellationToken.None);
        return TypedResults.NoContent();
    }

    private async Task<IResult> HelloAsync(HttpContext http, CancellationToken cancel)
    {
        var (offer, rejection) = await RegisterAsync(http, cancel);
        if (rejection is not null) return rejection;
        await source.ReportAsync(offer!, cancel);
        return TypedResults.NoContent();
    }

    private async Task<IResult> HeartbeatAsync(HttpContext http, long id, CancellationToken cancel)
    {
        switch (await door.FindAsync(http, id, cancel))
        {
            case LeaseCall.Rejected rejected:
                return rejected.Answer;
            case LeaseCall.Own(var job, var worker):
                if (await ReadAsync(http, WorkerJson.Default.Heartbeat, cancel) is not { } beat) return BadBody("heartbeat");
                roster.RecordHeartbeat(worker);
                var stage = beat.Stage is { Length: > 0 } named ? BoundedText.Line(named, EngineEvent.Stage.MaxNameLength) : null;
                // An invalid preview is ignored, so that the heartbeat still counts.
                ReadOnlyMemory<byte>? preview = beat.Preview is { } jpeg && LivePreview.MayBe(jpeg) ? jpeg : null;
                return Answer(
                    await source.RenewAsync(
                        id, job.Fence, new Progress(Math.Max(0, beat.Done), Math.Max(0, beat.Total), stage), preview, cancel));
            default:
                return Answer(LeaseAnswer.Lost);
        }

        static IResult Answer(LeaseAnswer answer) =>
            TypedResults.Json(new HeartbeatAnswer(answer), WorkerJson.Default.HeartbeatAnswer);
    }

    private async Task<IResult> InputAsync(HttpContext http, long id, string? uri, CancellationToken cancel)
    {
        switch (await door.FindAsync(http, id, cancel))
        {
            case LeaseCall.Rejected rejected:
                return rejected.Answer;
            case LeaseCall.Own({ State: JobState.Running } job, _):
                // Only the files that the job refers to.
                if (JobRun.StoredFiles(JobInput.Parse(job.Input)).Select(file => (FileUri?)file.Uri)
                    .FirstOrDefault(file => $"{file}" == uri) is { } found
                    && FileOwner.Owns(job.Account, found.Key) && await files.OpenAsync(found.Key, cancel) is { } content)
                    return TypedResults.Stream(content, FileKey.ContentTypeOf(found.Key));
                return WorkerAccess.Rejection(
                    StatusCodes.Status404NotFound, "The job has no such input, or it is no longer stored.");
            default:
                return WorkerAccess.Rejection(StatusCodes.Status410Gone, "The lease was lost.");
        }
    }

    private async Task<IResult> VideoAsync(HttpContext http, long id, CancellationToken cancel)
    {
        switch (await door.FindAsync(http, id, cancel))
        {
            case LeaseCall.Rejected rejected:
                return rejected.Answer;
            // A retry after the first response was lost. Its body is not read.
            case LeaseCall.Own({ State: JobState.Completed }, _):
                return Ended(true);
            case LeaseCall.Own({ State: JobState.Running } job, _):
                return await deliveries.TakeAsync(job, http, cancel) switch
                {
                    VideoDelivery.Ended ended => Ended(ended.Kept, ended.Rejected),
                    VideoDelivery.TooMany =>
                        WorkerAccess.Rejection(
                            StatusCodes.Status409Conflict,
                            $"{VideoDeliveries.MaxAtOnce} uploads of this video are in progress; upload it again later."),
                    VideoDelivery.Damaged =>
                        WorkerAccess.Rejection(StatusCodes.Status409Conflict, "The upload is incomplete; upload it again."),
                    _ =>
                        WorkerAccess.Rejection(
                            StatusCodes.Status400BadRequest,
                            $"The header {WorkerProtocol.DigestHeader} must hold the file's SHA-256: sha-256=:BASE64:."),
                };
            default:
                return Ended(false);
        }
    }

    private async Task<IResult> EndAsync(HttpContext http, long id, CancellationToken cancel)
    {
        switch (await door.FindAsync(http, id, cancel))
        {
            case LeaseCall.Rejected rejected:
                return rejected.Answer;
            case LeaseCall.Own(var job, _):
                if (await ReadAsync(http, WorkerJson.Default.Ending, cancel) is not { } ending) return BadBody("ending");
                return Ended(await source.EndAsync(
                    id, job.Fence, OutcomeOf(ending) with { Output = RunOutputs.EndOf(ending.Output) }, cancel));
            default:
                return Ended(false);
        }
    }

    private static RunOutcome OutcomeOf(Ending ending) => ending.Outcome switch
    {
        "failed" => new RunOutcome.Failed(ErrorOf(ending), ending.Retryable),
        "engine_fault" => new RunOutcome.EngineFault(ErrorOf(ending)),
        "engine_not_reached" => new RunOutcome.EngineFault(ErrorOf(ending)) { NeverStarted = true },
        "stopped" => new RunOutcome.Stopped(),
        _ => new RunOutcome.Returned(),
    };

    private static JobError ErrorOf(Ending ending) =>
        new(
            ending.Code is { } code && ErrorCode().IsMatch(code) ? code : "engine_failed",
            ending.Message ?? "The engine failed.");

    /// <summary>Registers the worker and returns the models it offers, or the error response.</summary>
    private async Task<(ClaimOffer? Offer, IResult? Rejection)> RegisterAsync(HttpContext http, CancellationToken cancel)
    {
        var (caller, rejection) = WorkerAccess.Check(http);
        if (rejection is not null) return (null, rejection);
        if (await ReadAsync(http, WorkerJson.Default.WorkerOffer, cancel) is not { Models: not null } card
            || !RemoteName.IsValid(card.Name))
            return (null, WorkerAccess.Rejection(StatusCodes.Status400BadRequest,
                $"The registration needs models, and a name of 1 to {RemoteName.MaxNameLength} characters on one line."));
        if (card.Models.Concat(card.Wants ?? []).Concat(card.Advice ?? []).Any(text => text is null))
            return (null, WorkerAccess.Rejection(
                StatusCodes.Status400BadRequest, "The registration has a null among its models, wants or advice."));
        if (card.Models.FirstOrDefault(id => catalog.Find(id) is null) is { } unknown)
            return (null, WorkerAccess.Rejection(StatusCodes.Status400BadRequest, "There is no model "
                + $"\"{BoundedText.Line(unknown, 100)}\" in this gateway's catalog; start the worker with other --models."));
        var name = new RemoteName(caller!.Key, card.Name);
        var offer = cards.OfferOf(name, card);
        if (roster.TryRegister(offer, name, options.WorkersPerKey)) return (offer, null);
        http.Response.Headers.RetryAfter = "15";
        return (null, WorkerAccess.Rejection(
            StatusCodes.Status429TooManyRequests,
            $"This key has {options.WorkersPerKey} connected "
            + "workers (workers-per-key), which is the maximum; use another key for more."));
    }

    private Assignment AssignmentOf(Lease lease) => new(
        lease.Job.Id, lease.Job.Model, lease.Job.Input, lease.Job.Plan, lease.Fence, work.Lease.TotalSeconds,
        catalog.Find(lease.Job.Model) is { } model ? JobRun.LimitFor(model, lease.Job.Plan) : null, lease.Job.Trace);

    private static async Task<T?> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await http.Request.ReadFromJsonAsync(type, cancel);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonHttpResult<WorkerError> BadBody(string what) =>
        WorkerAccess.Rejection(StatusCodes.Status400BadRequest, $"The body is not the JSON of a {what}.");

    private static JsonHttpResult<EndingAnswer> Ended(bool kept, string? rejected = null) =>
        TypedResults.Json(new EndingAnswer(kept, rejected), WorkerJson.Default.EndingAnswer);

    [GeneratedRegex("^[a-z0-9_]{1,64}$")]
    private static partial Regex ErrorCode();
}
