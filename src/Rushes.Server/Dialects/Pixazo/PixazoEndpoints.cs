using System.Text.Json;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Pixazo;

/// <summary>
/// The Pixazo dialect: speech to video, polling, and the extensions approve and cancel. Specified in docs/api/pixazo.md.
/// </summary>
internal sealed class PixazoEndpoints(
    ModelCatalog catalog, JobIntake intake, JobDesk desk, Origin origin, BodyReader bodies, PixazoMap map)
{
    public const string Dialect = "pixazo";
    private const string SpeechToVideo = "wan2.2-s2v";

    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("").WithMetadata(new FaultForm(PixazoErrors.Broke), PixazoErrors.Access);
        calls.MapPost("/wan2.2-s2v/v1/generateSpeechToVideoRequest", CreateAsync).RequireScope(Scopes.Submit);
        calls.MapPost("/wan2.2-s2v/v1/approveSpeechToVideoRequest", ApproveAsync).RequireScope(Scopes.Submit);
        calls.MapPost("/wan2.2-s2v/v1/cancelSpeechToVideoRequest", CancelAsync).RequireScope(Scopes.Submit);
        calls.MapPost("/wan2.2-s2v-polling/getStatusSpeechToVideo", StatusAsync).RequireScope(Scopes.Read);
        foreach (var path in new[] { "/wan2.2-s2v/{**rest}", "/wan2.2-s2v-polling/{**rest}" })
            calls.Map(path, (HttpContext http) => WrongMethod.Find(http) ?? PixazoErrors.NotFound()).AllowAnyone();
    }

    private async Task<IResult> CreateAsync(HttpContext http, CancellationToken cancel)
    {
        if (catalog.Find(Dialect, SpeechToVideo) is not { } listing) return PixazoErrors.NotFound();
        if (!BodyReader.IsJson(http.Request)) return PixazoErrors.NotJson();

        using var body = await bodies.ReadAsync(http, cancel);
        if (body.Problem is { } problem) return PixazoErrors.Of(http, problem);
        var request = new JobRequest
        {
            Account = http.Caller().Account,
            Model = listing.Model,
            Parameters = listing.Parameters,
            Fields = body.Fields,
            Media = body.Media,
            Dialect = Dialect,
            Timeout = JobTimeoutHeader.Read(http.Request),
            IdempotencyKey = IdempotencyHeader.Read(http.Request),
        };
        if (DryRunAnswer.IsAsked(http.Request)) return await DryRunAsync(http, request, cancel);

        return (await intake.SubmitAsync(request, cancel)).Match<IResult>(
            accepted => TypedResults.Json(map.Created(accepted.Id), PixazoWire.Json.PixazoCreated),
            rejected => PixazoErrors.Of(http, rejected.Problem));
    }

    private async Task<IResult> DryRunAsync(HttpContext http, JobRequest request, CancellationToken cancel) =>
        (await intake.DryRunAsync(request, cancel)).Match<IResult>(
            ready => DryRunAnswer.Of(ready.DryRun, SpeechToVideo).ToResult(),
            rejected => PixazoErrors.Of(http, rejected.Problem));

    private async Task<IResult> StatusAsync(HttpContext http, CancellationToken cancel)
    {
        var (rejection, caller, id) = await AddressAsync(http, cancel);
        if (rejection is not null) return rejection;
        return await desk.FindAsync(id, caller.Account, null, cancel) is { } job
            ? TypedResults.Json(map.Status(job, origin.Of(http.Request)), PixazoWire.Json.PixazoStatus)
            : PixazoErrors.NotFound();
    }

    private async Task<IResult> ApproveAsync(HttpContext http, CancellationToken cancel)
    {
        var (rejection, caller, id) = await AddressAsync(http, cancel);
        if (rejection is not null) return rejection;
        return await desk.ApproveAsync(id, caller.Account, null, cancel) switch
        {
            ApproveOutcome.Approved => TypedResults.Json(map.Created(id), PixazoWire.Json.PixazoCreated),
            ApproveOutcome.NotAsked => PixazoErrors.Invalid("the request does not await approval"),
            ApproveOutcome.AlreadyFinished => PixazoErrors.Invalid("the request has ended"),
            _ => PixazoErrors.NotFound(),
        };
    }

    private async Task<IResult> CancelAsync(HttpContext http, CancellationToken cancel)
    {
        var (rejection, caller, id) = await AddressAsync(http, cancel);
        if (rejection is not null) return rejection;
        return await desk.CancelAsync(id, caller.Account, null, force: true, cancel) switch
        {
            CancelOutcome.AlreadyFinished => PixazoErrors.Invalid("the request has ended"),
            CancelOutcome.Unknown => PixazoErrors.NotFound(),
            _ => TypedResults.Json(map.Created(id), PixazoWire.Json.PixazoCreated),
        };
    }

    /// <summary>Finds the request of a body with <c>requestId</c>.</summary>
    private async Task<(IResult? Rejection, Caller Caller, long Id)> AddressAsync(HttpContext http, CancellationToken cancel)
    {
        if (!BodyReader.IsJson(http.Request)) return (PixazoErrors.NotJson(), null!, 0);

        using var body = await bodies.ReadAsync(http, cancel);
        if (body.Problem is { } problem) return (PixazoErrors.Of(http, problem), null!, 0);
        if ((Text(body.Fields, "requestId") ?? Text(body.Fields, "request_id")) is not { Length: > 0 } request)
            return (PixazoErrors.Invalid("requestId is missing; send the request_id from the create response"), null!, 0);
        return desk.NumberOf(request) is { } id ? (null, http.Caller(), id) : (PixazoErrors.NotFound(), null!, 0);
    }

    private static string? Text(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
