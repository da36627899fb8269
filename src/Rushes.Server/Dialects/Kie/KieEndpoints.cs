using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Kie;

/// <summary>
/// The kie dialect: create a task, get its record, approve or cancel it, credit, new download URLs. Specified in
/// docs/api/kie.md.
/// </summary>
internal sealed class KieEndpoints(
    ModelCatalog catalog, JobIntake intake, JobDesk desk, JobIds ids, IFileStore files, Origin origin, BodyReader bodies,
    KieMap map)
{
    /// <summary>The credit of accounts with a free plan, because clients check their credit before they create a task.</summary>
    private const int Unlimited = 1_000_000;

    /// <summary>kie's credits are integers; one credit is a cent, here in millionths of the currency's unit.</summary>
    private const int Cent = 10_000;

    private static readonly TimeSpan DownloadLink = TimeSpan.FromMinutes(20);

    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("/api/v1").WithMetadata(new FaultForm(KieErrors.Broke), KieErrors.Access);
        calls.MapPost("/jobs/createTask", CreateAsync).RequireScope(Scopes.Submit);
        calls.MapGet("/jobs/recordInfo", RecordAsync).RequireScope(Scopes.Read);
        calls.MapPost("/jobs/approveTask", ApproveAsync).RequireScope(Scopes.Submit);
        calls.MapPost("/jobs/cancelTask", CancelAsync).RequireScope(Scopes.Submit);
        calls.MapGet("/chat/credit", CreditAsync).RequireScope(Scopes.Read);
        calls.MapPost("/common/download-url", DownloadUrlAsync).RequireScope(Scopes.Read);
        calls.Map("/{**rest}", (HttpContext http) => WrongMethod.Find(http) ?? KieErrors.NoSuchCall()).AllowAnyone();
    }

    private async Task<IResult> CreateAsync(HttpContext http, CancellationToken cancel)
    {
        if (!BodyReader.IsJson(http.Request)) return KieErrors.NotJson(http.Request.ContentType);

        using var body = await bodies.ReadAsync(http, cancel, mediaObject: "input");
        if (body.Problem is { } problem) return KieErrors.Of(http, problem);
        if (Text(body.Fields, "model") is not { Length: > 0 } model)
            return KieErrors.BadRequest("model is missing; send the model's name as a string");
        if (!body.Fields.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Object)
            return KieErrors.BadRequest("input is missing; send an object");
        if (catalog.Find(KieMap.Dialect, model) is not { } listing) return KieErrors.UnknownModel(model, Models());
        if (!TryReadCallback(body.Fields, out var callback))
            return KieErrors.Invalid("callBackUrl is not a string; send an http or https URL");

        var request = new JobRequest
        {
            Account = http.Caller().Account,
            Model = listing.Model,
            Parameters = listing.Parameters,
            Fields = input,
            Media = body.Media,
            Dialect = KieMap.Dialect,
            Echo = stored => KieParam.Of(body.Fields, body.Media, stored),
            Callback = callback,
            Timeout = JobTimeoutHeader.Read(http.Request),
            IdempotencyKey = IdempotencyHeader.Read(http.Request),
        };
        if (DryRunAnswer.IsAsked(http.Request)) return await DryRunAsync(http, request, model, cancel);

        return (await intake.SubmitAsync(request, cancel)).Match<IResult>(
            accepted =>
                JsonAnswer.Of(new KieAnswer<KieCreated>(new KieCreated(ids.ToHex(accepted.Id))), KieWire.Json.Created),
            rejected => KieErrors.Of(http, rejected.Problem));
    }

    private async Task<IResult> DryRunAsync(HttpContext http, JobRequest request, string model, CancellationToken cancel) =>
        (await intake.DryRunAsync(request, cancel)).Match<IResult>(
            ready => TypedResults.Json(new KieAnswer<DryRunAnswer>(DryRunAnswer.Of(ready.DryRun, model)), KieWire.Json.DryRun),
            rejected => KieErrors.Of(http, rejected.Problem));

    private async Task<IResult> RecordAsync(HttpContext http, string? taskId, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(taskId)) return KieErrors.BadRequest("taskId is missing; send it in the query");
        return desk.NumberOf(taskId) is { } id && await desk.ReadAsync(id, http.Caller().Account, null, cancel) is { } job
            ? JsonAnswer.Of(map.Record(job, origin.Of(http.Request)), KieWire.Json.Record)
            : KieErrors.UnknownTask(taskId);
    }

    private async Task<IResult> CreditAsync(HttpContext http, CancellationToken cancel)
    {
        var left = await intake.ReadCreditAsync(http.Caller().Account, cancel);
        return TypedResults.Json(new KieAnswer<long>(left / Cent ?? Unlimited), KieWire.Json.Number);
    }

    /// <summary>An extension: kie has no drafts.</summary>
    private async Task<IResult> ApproveAsync(HttpContext http, CancellationToken cancel)
    {
        var (rejection, caller, id) = await AddressAsync(http, cancel);
        if (rejection is not null) return rejection;
        return await desk.ApproveAsync(id, caller.Account, null, cancel) switch
        {
            ApproveOutcome.Approved => Done(id),
            ApproveOutcome.NotAsked => KieErrors.Invalid("The task does not await approval"),
            ApproveOutcome.AlreadyFinished => KieErrors.Invalid("The task has ended"),
            _ => KieErrors.UnknownTask(ids.ToHex(id)),
        };
    }

    private async Task<IResult> CancelAsync(HttpContext http, CancellationToken cancel)
    {
        var (rejection, caller, id) = await AddressAsync(http, cancel);
        if (rejection is not null) return rejection;
        return await desk.CancelAsync(id, caller.Account, null, force: true, cancel) switch
        {
            CancelOutcome.AlreadyFinished => KieErrors.Invalid("The task has ended"),
            CancelOutcome.Unknown => KieErrors.UnknownTask(ids.ToHex(id)),
            _ => Done(id),
        };
    }

    private JsonHttpResult<KieAnswer<KieCreated>> Done(long id) =>
        TypedResults.Json(new KieAnswer<KieCreated>(new KieCreated(ids.ToHex(id))), KieWire.Json.Created);

    /// <summary>Finds the task of a body with <c>taskId</c>.</summary>
    private async Task<(IResult? Rejection, Caller Caller, long Id)> AddressAsync(HttpContext http, CancellationToken cancel)
    {
        if (!BodyReader.IsJson(http.Request)) return (KieErrors.NotJson(http.Request.ContentType), null!, 0);
        using var body = await bodies.ReadAsync(http, cancel);
        if (body.Problem is { } problem) return (KieErrors.Of(http, problem), null!, 0);
        if (Text(body.Fields, "taskId") is not { Length: > 0 } task)
            return (KieErrors.BadRequest("taskId is missing; send it in the body"), null!, 0);
        return desk.NumberOf(task) is { } id ? (null, http.Caller(), id) : (KieErrors.UnknownTask(task), null!, 0);
    }

    /// <summary>A new download URL for a URL from an earlier response, which may have expired.</summary>
    private async Task<IResult> DownloadUrlAsync(HttpContext http, CancellationToken cancel)
    {
        if (!BodyReader.IsJson(http.Request)) return KieErrors.NotJson(http.Request.ContentType);
        using var body = await bodies.ReadAsync(http, cancel);
        if (body.Problem is { } problem) return KieErrors.Of(http, problem);
        if (Text(body.Fields, "url") is not { Length: > 0 } url)
            return KieErrors.Invalid("url is missing; send the URL of a result");
        if (KeyIn(url) is not { } key || !FileOwner.Owns(http.Caller().Account, key))
            return KieErrors.Invalid("url is not the URL of a file of this account");
        if (await files.FindAsync(key, cancel) is null) return KieErrors.FileNotFound();
        var link = files.Presign(HttpMethods.Get, key, DownloadLink, new Uri(origin.Of(http.Request)));
        return TypedResults.Json(new KieAnswer<string>(link.AbsoluteUri), KieWire.Json.Text);
    }

    private string? KeyIn(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address)) return null;
        var path = Uri.UnescapeDataString(address.AbsolutePath);
        var start = $"/{files.Bucket}/";
        return path.StartsWith(start, StringComparison.Ordinal) ? path[start.Length..] : files.KeyOf(address);
    }

    /// <summary>A missing or empty URL is allowed; kie's examples send an empty one.</summary>
    private static bool TryReadCallback(JsonElement request, out Callback? callback)
    {
        const string field = "callBackUrl";
        callback = Text(request, field) is { } url && !string.IsNullOrWhiteSpace(url) ? new Callback(field, url) : null;
        return !request.TryGetProperty(field, out var sent) || sent.ValueKind is JsonValueKind.String or JsonValueKind.Null;
    }

    private static string? Text(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private IEnumerable<string> Models() =>
        catalog.Listings.Where(listing => listing.Dialect == KieMap.Dialect).Select(listing => listing.Id);
}
