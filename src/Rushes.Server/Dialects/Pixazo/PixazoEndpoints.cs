using System.Text.Json;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Pixazo;

/// <summary>The Pixazo dialect: speech to video, and polling. docs/api/pixazo.md is its specification.</summary>
internal sealed class PixazoEndpoints(
    ModelCatalog catalog, JobIntake intake, JobDesk desk, KeyRing keys, Origin origin, BodyReader bodies, PixazoMap map)
{
    private const string Dialect = "pixazo";
    private const string SpeechToVideo = "wan2.2-s2v";

    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("").WithMetadata(new FaultForm(PixazoErrors.Broke));
        calls.MapPost("/wan2.2-s2v/v1/generateSpeechToVideoRequest", CreateAsync);
        calls.MapPost("/wan2.2-s2v-polling/getStatusSpeechToVideo", StatusAsync);
        calls.Map("/wan2.2-s2v/{**rest}", () => PixazoErrors.NotFound());
        calls.Map("/wan2.2-s2v-polling/{**rest}", () => PixazoErrors.NotFound());
    }

    private async Task<IResult> CreateAsync(HttpContext http, CancellationToken cancel)
    {
        if (keys.Identify(http.Request.Headers) is not { } caller) return PixazoErrors.Unauthorized();
        if (!caller.May(Scopes.Submit)) return PixazoErrors.Forbidden();
        if (catalog.Find(Dialect, SpeechToVideo) is not { } listing) return PixazoErrors.NotFound();
        if (!BodyReader.IsJson(http.Request)) return PixazoErrors.NotJson();

        using var body = await bodies.ReadAsync(http, cancel);
        if (body.Problem is { } problem) return PixazoErrors.Of(http, problem);
        var result = await intake.SubmitAsync(new JobRequest
        {
            Account = caller.Account,
            Model = listing.Model,
            Parameters = listing.Parameters,
            Fields = body.Fields,
            Media = body.Media,
            Dialect = Dialect,
            IdempotencyKey = IdempotencyHeader.Read(http.Request),
        }, cancel);
        return result switch
        {
            SubmitResult.Accepted accepted => TypedResults.Json(map.Created(accepted.Id), PixazoWire.Json.PixazoCreated),
            SubmitResult.Refused refused => PixazoErrors.Of(http, refused.Problem),
            _ => throw new InvalidOperationException("a submit is accepted or refused"),
        };
    }

    private async Task<IResult> StatusAsync(HttpContext http, CancellationToken cancel)
    {
        if (keys.Identify(http.Request.Headers) is not { } caller) return PixazoErrors.Unauthorized();
        if (!caller.May(Scopes.Read)) return PixazoErrors.Forbidden();
        if (!BodyReader.IsJson(http.Request)) return PixazoErrors.NotJson();

        using var body = await bodies.ReadAsync(http, cancel);
        if (body.Problem is { } problem) return PixazoErrors.Of(http, problem);
        if ((Text(body.Fields, "requestId") ?? Text(body.Fields, "request_id")) is not { Length: > 0 } request)
            return PixazoErrors.Invalid("requestId is missing; send the request_id that creating the request answered");
        return desk.NumberOf(request) is { } id && await desk.FindAsync(id, caller.Account, null, cancel) is { } job
            ? TypedResults.Json(map.Status(job, origin.Of(http.Request)), PixazoWire.Json.PixazoStatus)
            : PixazoErrors.NotFound();
    }

    private static string? Text(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
