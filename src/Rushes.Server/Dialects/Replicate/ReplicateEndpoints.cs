using System.Text.Json;
using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>Replicate's API: predictions. Specified in docs/api/replicate.md.</summary>
internal sealed class ReplicateEndpoints(
    ReplicateModels models, JobIntake intake, JobDesk desk, JobReader jobs, JobIds ids, Origin origin, BodyReader bodies,
    ReplicateWait waits, ReplicateMap map, ReplicateLookups lookups)
{
    private const string CancelAfter = "Cancel-After";

    private static readonly string[] Members = ["version", "input", "webhook", "webhook_events_filter", "stream"];

    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("/v1").WithMetadata(new FaultForm(ReplicateErrors.Broke), ReplicateErrors.Access);
        calls.MapPost("/predictions", (HttpContext http, CancellationToken cancel) => CreateAsync(http, null, cancel))
            .RequireScope(Scopes.Submit).IsStreamWith(ReplicateWait.Header);
        foreach (var kind in (string[])["models", "deployments"])
            calls.MapPost($"/{kind}/{{owner}}/{{name}}/predictions", (
                HttpContext http, string owner, string name, CancellationToken cancel) =>
                CreateAsync(http, $"{owner}/{name}", cancel)).RequireScope(Scopes.Submit).IsStreamWith(ReplicateWait.Header);
        calls.MapGet("/predictions", ListAsync).RequireScope(Scopes.Read);
        calls.MapGet("/predictions/{id}", GetAsync).RequireScope(Scopes.Read);
        calls.MapPost("/predictions/{id}/cancel", CancelAsync).RequireScope(Scopes.Submit);
        lookups.Map(calls);
    }

    /// <param name="name">The model of the path; null if the body has a version.</param>
    private async Task<IResult> CreateAsync(HttpContext http, string? name, CancellationToken cancel)
    {
        if (!BodyReader.IsJson(http.Request)) return ReplicateErrors.NotJson(http.Request.ContentType);
        using var body = await bodies.ReadAsync(http, cancel, "input", ReplicateModels.Dialect);
        if (body.Problem is { } problem) return ReplicateErrors.Of(http, problem);
        var sent = body.Fields;
        foreach (var member in sent.EnumerateObject())
            if (Array.IndexOf(Members, member.Name) < 0)
                return ReplicateErrors.BadRequest(
                    $"{Excerpt.Of(member.Name)} is not a member of the body; send some of {string.Join(", ", Members)}");
        if (!sent.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Object)
            return ReplicateErrors.Invalid("input is missing; send an object");

        var withImage = ReplicateInput.HasImage(input);
        var (listing, model) = name is null
            ? models.FindVersion(Text(sent, "version") ?? "", withImage)
            : (models.Find(name, withImage), name);
        if (listing is null) return ReplicateErrors.UnknownModel(model);
        var (fields, wrong) = ReplicateInput.Convert(input, listing);
        if (wrong is not null) return ReplicateErrors.Of(http, wrong);
        if (ReplicateWebhook.Read(sent, out var callback) is { } bad) return ReplicateErrors.Of(http, bad);
        var request = new JobRequest
        {
            Account = http.Caller().Account,
            Model = listing.Model,
            Parameters = listing.Parameters,
            Fields = fields,
            Media = body.Media,
            Dialect = ReplicateModels.Dialect,
            Echo = stored => ReplicateInput.Echo(model, input, body.Media, stored),
            Callback = callback,
            Timeout = TimeoutOf(http.Request),
            IdempotencyKey = IdempotencyHeader.Read(http.Request),
        };
        var echo = body.Media.Count == 0 ? new ReplicateEcho(model, input) : null;
        return await intake.AnswerAsync(
            http, request, model, accepted => CreatedAsync(http, accepted, echo, cancel), ReplicateErrors.Of, cancel);
    }

    /// <param name="echo">What is stored of the request, if it is what was sent.</param>
    private async Task<IResult> CreatedAsync(
        HttpContext http, SubmitResult.Accepted accepted, ReplicateEcho? echo, CancellationToken cancel)
    {
        var (account, wait) = (http.Caller().Account, ReplicateWait.Of(http.Request));
        var ended = wait is { } limit && await waits.WaitAsync(http, accepted.Id, account, limit, cancel);
        var found = wait is null
            ? jobs.FindPlainAsync(accepted, account, cancel)
            : jobs.FindAsync(accepted, account, cancel);
        if (await found is not { } shown)
            return ReplicateErrors.UnknownPrediction(ids.ToShort(accepted.Id));
        var prediction = map.Prediction(shown, origin.Of(http.Request), accepted.Created is null ? null : echo);
        // Clients that waited take every other status for the end.
        if (!ended && prediction.CompletedAt is null) prediction = prediction with { Status = "starting" };
        return JsonAnswer.Of(
            prediction, ReplicateWire.Json.ReplicatePrediction,
            wait is null || prediction.CompletedAt is not null
                ? StatusCodes.Status201Created
                : StatusCodes.Status202Accepted);
    }

    private async Task<IResult> GetAsync(HttpContext http, string id, CancellationToken cancel) =>
        await jobs.FindAsync(id, http.Caller().Account, cancel) is { } shown
            ? JsonAnswer.Of(map.Prediction(shown, origin.Of(http.Request)), ReplicateWire.Json.ReplicatePrediction)
            : ReplicateErrors.UnknownPrediction(id);

    private async Task<IResult> ListAsync(HttpContext http, CancellationToken cancel)
    {
        if (ReplicatePage.Read(http.Request.Query, desk.NumberOf, out var problem) is not { } filter)
            return ReplicateErrors.Of(http, problem!);
        var page = await jobs.ListAsync(filter with { Account = http.Caller().Account }, ReplicateModels.Dialect, cancel);
        var from = origin.Of(http.Request);
        ReplicatePrediction[] found = [.. page.Jobs.Select(shown => map.Prediction(shown, from))];
        return TypedResults.Json(
            new ReplicateList<ReplicatePrediction>(found)
            {
                Next = page.HasMore ? ReplicatePage.Next(http.Request, from, found[^1].Id) : null,
            },
            ReplicateWire.Json.Predictions);
    }

    /// <summary>Also stops a running job, and changes nothing about one that has ended, as at Replicate.</summary>
    private async Task<IResult> CancelAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (desk.NumberOf(id) is not { } number
            || await desk.CancelAsync(number, http.Caller().Account, null, force: true, cancel) == CancelOutcome.Unknown)
            return ReplicateErrors.UnknownPrediction(id);
        return await GetAsync(http, id, cancel);
    }

    /// <summary>Replicate's name of the header <c>Job-Timeout</c>.</summary>
    private static JobTimeout? TimeoutOf(HttpRequest request) =>
        request.Headers[CancelAfter].ToString() is { Length: > 0 } sent
            ? new JobTimeout(CancelAfter, sent)
            : JobTimeoutHeader.Read(request);

    private static string? Text(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
