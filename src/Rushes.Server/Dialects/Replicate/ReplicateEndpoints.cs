using System.Globalization;
using System.Text.Json;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;
using Rushes.Webhooks;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>Replicate's API: predictions, models, and the webhook secret. Specified in docs/api/replicate.md.</summary>
internal sealed class ReplicateEndpoints(
    ReplicateModels models, JobIntake intake, JobDesk desk, JobIds ids, Origin origin, BodyReader bodies, ReplicateWait waits,
    Signatures signatures, ReplicateMap map)
{
    private const int PageSize = 100;

    private static readonly string[] Members = ["version", "input", "webhook", "webhook_events_filter", "stream"];

    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("/v1").WithMetadata(new FaultForm(ReplicateErrors.Broke), ReplicateErrors.Access);
        calls.MapPost("/predictions", (HttpContext http, CancellationToken cancel) => CreateAsync(http, null, cancel))
            .RequireScope(Scopes.Submit).IsLongPoll();
        foreach (var kind in (string[])["models", "deployments"])
            calls.MapPost($"/{kind}/{{owner}}/{{name}}/predictions", (
                HttpContext http, string owner, string name, CancellationToken cancel) =>
                CreateAsync(http, $"{owner}/{name}", cancel)).RequireScope(Scopes.Submit).IsLongPoll();
        calls.MapGet("/predictions", ListAsync).RequireScope(Scopes.Read);
        calls.MapGet("/predictions/{id}", GetAsync).RequireScope(Scopes.Read);
        calls.MapPost("/predictions/{id}/cancel", CancelAsync).RequireScope(Scopes.Submit);
        calls.MapGet("/models/{owner}/{name}", Model).RequireScope(Scopes.Read);
        calls.MapGet("/models/{owner}/{name}/versions", Versions).RequireScope(Scopes.Read);
        calls.MapGet("/models/{owner}/{name}/versions/{version}", Version).RequireScope(Scopes.Read);
        calls.MapGet("/webhooks/default/secret", Secret).RequireScope(Scopes.Read);
    }

    /// <param name="name">The model of the path; null if the body has a version.</param>
    private async Task<IResult> CreateAsync(HttpContext http, string? name, CancellationToken cancel)
    {
        if (!BodyReader.IsJson(http.Request)) return ReplicateErrors.NotJson(http.Request.ContentType);
        if (http.Request.Headers.ContainsKey("Cancel-After"))
            return ReplicateErrors.Invalid("Cancel-After is not supported; cancel the prediction instead");
        using var body = await bodies.ReadAsync(http, cancel, "input", ReplicateModels.Dialect);
        if (body.Problem is { } problem) return ReplicateErrors.Of(http, problem);
        var sent = body.Fields;
        var unknown = sent.EnumerateObject().Select(member => member.Name).FirstOrDefault(member => !Members.Contains(member));
        if (unknown is not null)
            return ReplicateErrors.BadRequest(
                $"{Excerpt.Of(unknown)} is not a member of the body; send some of {string.Join(", ", Members)}");
        if (!sent.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Object)
            return ReplicateErrors.Invalid("input is missing; send an object");

        var (listing, model) = name is null ? models.FindVersion(Text(sent, "version") ?? "") : (models.Find(name), name);
        if (listing is null) return ReplicateErrors.UnknownModel(model);
        if (ReplicateInput.Check(input) is { } wrong) return ReplicateErrors.Of(http, wrong);
        if (ReplicateWebhook.Read(sent, out var callback) is { } bad) return ReplicateErrors.Of(http, bad);
        return await SubmitAsync(http, RequestOf(http, body, listing, model, callback), model, cancel);
    }

    private static JobRequest RequestOf(
        HttpContext http, RequestBody body, Listing listing, string model, Callback? callback)
    {
        var input = body.Fields.GetProperty("input");
        return new JobRequest
        {
            Account = http.Caller().Account,
            Model = listing.Model,
            Parameters = listing.Parameters,
            Fields = input,
            Media = body.Media,
            Dialect = ReplicateModels.Dialect,
            Echo = stored => ReplicateInput.Echo(model, input, body.Media, stored),
            Callback = callback,
            Timeout = JobTimeoutHeader.Read(http.Request),
            IdempotencyKey = IdempotencyHeader.Read(http.Request),
        };
    }

    private async Task<IResult> SubmitAsync(HttpContext http, JobRequest request, string model, CancellationToken cancel)
    {
        if (DryRunAnswer.IsAsked(http.Request))
            return (await intake.DryRunAsync(request, cancel)).Match<IResult>(
                ready => TypedResults.Json(DryRunAnswer.Of(ready.DryRun, model), ReplicateWire.Json.DryRunAnswer),
                refused => ReplicateErrors.Of(http, refused.Problem));
        var result = await intake.SubmitAsync(request, cancel);
        if (result is SubmitResult.Refused refusal) return ReplicateErrors.Of(http, refusal.Problem);

        var (id, wait) = (((SubmitResult.Accepted)result).Id, ReplicateWait.Of(http.Request));
        var ended = wait is { } limit && await waits.WaitAsync(http, id, request.Account, limit, cancel);
        if (await FindAsync(http, id, cancel) is not { } prediction)
            return ReplicateErrors.UnknownPrediction(ids.ToShort(id));
        // Clients that waited take every other status for the end.
        if (!ended && prediction.CompletedAt is null) prediction = prediction with { Status = "starting" };
        return TypedResults.Json(
            prediction, ReplicateWire.Json.ReplicatePrediction,
            statusCode: wait is null || prediction.CompletedAt is not null
                ? StatusCodes.Status201Created
                : StatusCodes.Status202Accepted);
    }

    private async Task<IResult> GetAsync(HttpContext http, string id, CancellationToken cancel) =>
        desk.NumberOf(id) is { } number && await FindAsync(http, number, cancel) is { } prediction
            ? TypedResults.Json(prediction, ReplicateWire.Json.ReplicatePrediction)
            : ReplicateErrors.UnknownPrediction(id);

    private async Task<ReplicatePrediction?> FindAsync(HttpContext http, long id, CancellationToken cancel)
    {
        var account = http.Caller().Account;
        if (await desk.FindAsync(id, account, null, cancel) is not { } view) return null;
        var job = view is JobView.Ended ended ? ended.Job : await desk.ReadAsync(id, account, null, cancel);
        return job is null ? null : map.Prediction(job, view, origin.Of(http.Request));
    }

    private async Task<IResult> ListAsync(HttpContext http, string? cursor, CancellationToken cancel)
    {
        long? before = null;
        if (!string.IsNullOrEmpty(cursor) && (before = desk.NumberOf(cursor)) is null)
            return ReplicateErrors.Invalid($"cursor is \"{Excerpt.Of(cursor)}\"; send the one of next");
        var page = await desk.ListAsync(
            new JobFilter { Account = http.Caller().Account, Before = before, Limit = PageSize }, cancel);
        var from = origin.Of(http.Request);
        var found = new List<ReplicatePrediction>(page.Jobs.Count);
        foreach (var job in page.Jobs)
        {
            var view = job.State.IsFinished ? null : await desk.FindAsync(job.Id, job.Account, null, cancel);
            found.Add(map.Prediction(await WholeAsync(job, cancel), view ?? JobView.Of(job), from));
        }
        var next = page.Next?.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Json(
            new ReplicateList<ReplicatePrediction>(found) { Next = next is null ? null : $"{from}/v1/predictions?cursor={next}" },
            ReplicateWire.Json.Predictions);
    }

    /// <summary>A list leaves out what is stored of a long request.</summary>
    private async ValueTask<Job> WholeAsync(Job job, CancellationToken cancel) =>
        job is { Dialect: ReplicateModels.Dialect, Echo: null }
            ? await desk.ReadAsync(job.Id, job.Account, null, cancel) ?? job
            : job;

    /// <summary>Also stops a running job, and changes nothing about one that has ended, as at Replicate.</summary>
    private async Task<IResult> CancelAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (desk.NumberOf(id) is not { } number
            || await desk.CancelAsync(number, http.Caller().Account, null, force: true, cancel) == CancelOutcome.Unknown)
            return ReplicateErrors.UnknownPrediction(id);
        return await GetAsync(http, id, cancel);
    }

    private IResult Model(HttpContext http, string owner, string name) => models.Find($"{owner}/{name}") is { } listing
        ? TypedResults.Json(
            new ReplicateModel
            {
                Owner = owner, Name = name, Description = listing.Model.Family.Title,
                LatestVersion = models.Describe(listing),
            },
            ReplicateWire.Json.ReplicateModel)
        : ReplicateErrors.UnknownModel($"{owner}/{name}");

    private IResult Versions(HttpContext http, string owner, string name) => models.Find($"{owner}/{name}") is { } listing
        ? TypedResults.Json(
            new ReplicateList<ReplicateVersion>([models.Describe(listing)]), ReplicateWire.Json.Versions)
        : ReplicateErrors.UnknownModel($"{owner}/{name}");

    private IResult Version(HttpContext http, string owner, string name, string version) =>
        models.Find($"{owner}/{name}") is { } listing && models.VersionOf(listing) == version
            ? TypedResults.Json(models.Describe(listing), ReplicateWire.Json.ReplicateVersion)
            : ReplicateErrors.UnknownModel($"{owner}/{name}:{version}");

    private IResult Secret(HttpContext http) => TypedResults.Json(
        new ReplicateSecret(signatures.SecretOf(http.Caller().Account)), ReplicateWire.Json.ReplicateSecret);

    private static string? Text(JsonElement sent, string name) =>
        sent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
