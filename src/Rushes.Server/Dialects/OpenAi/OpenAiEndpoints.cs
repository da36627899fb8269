using System.Text.Json;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>
/// OpenAI's video API: create, list, retrieve, delete, remix, and the extension approve. Specified in docs/api/openai.md.
/// </summary>
internal sealed class OpenAiEndpoints(
    ModelCatalog catalog, OpenAiModels models, JobIntake intake, JobDesk desk, JobIds ids, Origin origin, BodyReader bodies,
    JobReader jobs, PlanLimits limits, OpenAiFiles files, OpenAiContent content, OpenAiEdit edit, OpenAiMap map)
{
    private const string WebhookField = "webhook_url";

    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("/v1").WithMetadata(new FaultForm(OpenAiErrors.Broke), OpenAiErrors.Access);
        calls.MapPost("/videos", CreateAsync).RequireScope(Scopes.Submit);
        calls.MapGet("/videos", ListAsync).RequireScope(Scopes.Read);
        calls.MapPost(
            "/videos/edits", (HttpContext http, CancellationToken cancel) => ChangeAsync(http, OpenAiChange.Edit, cancel))
            .RequireScope(Scopes.Submit);
        calls.MapPost(
            "/videos/extensions",
            (HttpContext http, CancellationToken cancel) => ChangeAsync(http, OpenAiChange.Extension, cancel))
            .RequireScope(Scopes.Submit);
        calls.MapGet("/videos/{id}", RetrieveAsync).RequireScope(Scopes.Read);
        calls.MapDelete("/videos/{id}", DeleteAsync).RequireScope(Scopes.Submit);
        calls.MapPost("/videos/{id}/remix", RemixAsync).RequireScope(Scopes.Submit);
        calls.MapPost("/videos/{id}/approve", ApproveAsync).RequireScope(Scopes.Submit);
        calls.MapGet("/models", Models).RequireScope(Scopes.Read);
        calls.MapGet("/models/{model}", FindModel).RequireScope(Scopes.Read);
        content.Map(calls);
        files.Map(calls);
        calls.Map("/{**rest}", (HttpContext http) => WrongMethod.Find(http) ?? OpenAiErrors.NoSuchCall()).AllowAnyone();
    }

    private async Task<IResult> CreateAsync(HttpContext http, CancellationToken cancel)
    {
        var (rejection, body, isForm) = await ReadAsync(http, cancel);
        using var read = body;
        if (body is null) return rejection!;

        var (sent, account) = (body.Fields, http.Caller().Account);
        var (listing, name, unknown) = models.Choose(
            OpenAiFields.Text(sent, "model"), OpenAiFields.Text(sent, "tier"), OpenAiFields.HasReference(sent));
        if (listing is null) return OpenAiErrors.Of(http, unknown!);
        var (fields, problem) = new OpenAiFields(sent, isForm, listing).Convert(id => files.UriOf(account, id));
        if (problem is not null) return OpenAiErrors.Of(http, problem);
        return await SubmitAsync(http, RequestOf(http, body, listing, fields, new OpenAiEcho(name)), name, cancel);
    }

    private static JobRequest RequestOf(
        HttpContext http, ReceivedBody body, Listing listing, JsonElement fields, OpenAiEcho echo) => new()
    {
        Account = http.Caller().Account,
        Model = listing.Model,
        Parameters = listing.Parameters,
        Fields = fields,
        Media = body.Media,
        Dialect = OpenAiModels.Dialect,
        Echo = _ => JsonSerializer.Serialize(echo, OpenAiWire.Json.OpenAiEcho),
        Callback = Callback.Of(body.Fields, WebhookField),
        UsesAccountWebhook = true,
        Timeout = JobTimeoutHeader.Read(http.Request),
        IdempotencyKey = IdempotencyHeader.Read(http.Request),
    };

    private Task<IResult> SubmitAsync(HttpContext http, JobRequest request, string model, CancellationToken cancel) =>
        intake.AnswerAsync(http, request, model, accepted => CreatedAsync(http, accepted, cancel), OpenAiErrors.Of, cancel);

    private async Task<IResult> RetrieveAsync(HttpContext http, string id, CancellationToken cancel) =>
        desk.NumberOf(id) is { } number ? await ShowAsync(http, number, cancel) : OpenAiErrors.UnknownVideo(id);

    private async Task<IResult> ShowAsync(HttpContext http, long id, CancellationToken cancel) =>
        await jobs.FindAsync(id, http.Caller().Account, cancel) is { } shown
            ? Show(http, shown)
            : OpenAiErrors.UnknownVideo(ids.ToVideoId(id));

    private async Task<IResult> CreatedAsync(HttpContext http, SubmitResult.Accepted accepted, CancellationToken cancel) =>
        await jobs.FindAsync(accepted, http.Caller().Account, cancel) is { } shown
            ? Show(http, shown)
            : OpenAiErrors.UnknownVideo(ids.ToVideoId(accepted.Id));

    private IResult Show(HttpContext http, ShownJob shown)
    {
        OpenAiPolling.Write(http.Response, shown.View);
        return JsonAnswer.Of(map.Video(shown, origin.Of(http.Request)), OpenAiWire.Json.OpenAiVideo);
    }

    private async Task<IResult> ListAsync(
        HttpContext http, string? limit, string? order, string? after, CancellationToken cancel)
    {
        if (OpenAiPage.Read(limit, order, after, desk.NumberOf, out var problem) is not { } filter)
            return OpenAiErrors.Of(http, problem!);
        var page = await jobs.ListAsync(filter with { Account = http.Caller().Account }, OpenAiModels.Dialect, cancel);
        var from = origin.Of(http.Request);
        OpenAiVideo[] videos = [.. page.Jobs.Select(shown => map.Video(shown, from))];
        return TypedResults.Json(
            new OpenAiList<OpenAiVideo>(videos)
            {
                FirstId = videos.FirstOrDefault()?.Id, LastId = videos.LastOrDefault()?.Id, HasMore = page.HasMore,
            },
            OpenAiWire.Json.Videos);
    }

    private async Task<IResult> DeleteAsync(HttpContext http, string id, CancellationToken cancel) =>
        desk.NumberOf(id) is { } number && await desk.DeleteAsync(number, http.Caller().Account, cancel)
            ? TypedResults.Json(new OpenAiDeleted(ids.ToVideoId(number), "video.deleted"), OpenAiWire.Json.OpenAiDeleted)
            : OpenAiErrors.UnknownVideo(id);

    /// <summary>The same model, size, length, seed and media, with another prompt.</summary>
    private async Task<IResult> RemixAsync(HttpContext http, string id, CancellationToken cancel)
    {
        var (rejection, body, _) = await ReadAsync(http, cancel);
        using var read = body;
        if (body is null) return rejection!;
        var account = http.Caller().Account;
        if (desk.NumberOf(id) is not { } number || await desk.ReadAsync(number, account, null, cancel) is not { } job)
            return OpenAiErrors.UnknownVideo(id);
        if (OpenAiFields.Text(body.Fields, "prompt") is not { } prompt)
            return OpenAiErrors.BadField("prompt", "is missing; it is required");
        if (job.State != JobState.Completed)
            return OpenAiErrors.BadField("video_id", "is not a completed video");
        if (JobRepeat.Of(job, catalog, sameSeed: true, prompt) is not { } request)
            return OpenAiErrors.BadField("video_id", $"was made by {job.Model}, which no longer exists");
        var (name, source) = (OpenAiMap.EchoOf(job).Model, ids.ToVideoId(number));
        return await SubmitAsync(
            http,
            request with
            {
                Dialect = OpenAiModels.Dialect,
                Echo = _ => JsonSerializer.Serialize(new OpenAiEcho(name, source), OpenAiWire.Json.OpenAiEcho),
                Callback = Callback.Of(body.Fields, WebhookField),
                UsesAccountWebhook = true,
                Timeout = JobTimeoutHeader.Read(http.Request),
                IdempotencyKey = IdempotencyHeader.Read(http.Request),
            },
            name, cancel);
    }

    /// <summary>Makes a video from a video.</summary>
    private async Task<IResult> ChangeAsync(HttpContext http, OpenAiChange change, CancellationToken cancel)
    {
        var (rejection, body, isForm) = await ReadAsync(http, cancel);
        using var read = body;
        if (body is null) return rejection!;
        var (sent, account) = (body.Fields, http.Caller().Account);
        var (listing, name, unknown) = models.Choose(
            OpenAiFields.Text(sent, "model") ?? change.ModelOf(models, catalog), OpenAiFields.Text(sent, "tier"),
            withReference: true);
        if (listing is null) return OpenAiErrors.Of(http, unknown!);
        if (!change.IsPossible(listing.Model))
            return OpenAiErrors.BadField("model", $"is {name}, which cannot {change.Verb} a video; {change.Allowed(catalog)}");
        var (clip, source, missing) = await edit.FindAsync(sent, account, cancel);
        if (missing is not null) return OpenAiErrors.Of(http, missing);
        var (fields, problem) = new OpenAiFields(sent, isForm, listing).Convert(id => files.UriOf(account, id), clip);
        if (problem is not null) return OpenAiErrors.Of(http, problem);
        var echo = new OpenAiEcho(name, source is { } number ? ids.ToVideoId(number) : null);
        return await SubmitAsync(http, RequestOf(http, body, listing, fields, echo), name, cancel);
    }

    /// <summary>An extension: OpenAI has no drafts.</summary>
    private async Task<IResult> ApproveAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (desk.NumberOf(id) is not { } number) return OpenAiErrors.UnknownVideo(id);
        return await desk.ApproveAsync(number, http.Caller().Account, null, cancel) switch
        {
            ApproveOutcome.Approved => await ShowAsync(http, number, cancel),
            ApproveOutcome.NotAsked => OpenAiErrors.BadField("video_id", "does not await approval"),
            ApproveOutcome.AlreadyFinished => OpenAiErrors.BadField("video_id", "has ended and can no longer be approved"),
            _ => OpenAiErrors.UnknownVideo(id),
        };
    }

    /// <summary>The models that are available to the key's account.</summary>
    private IResult Models(HttpContext http)
    {
        var account = http.Caller().Account;
        return TypedResults.Json(
            new OpenAiList<OpenAiModel>([
                .. models.All.Where(entry => limits.CheckModel(account, entry.Model) is null)
                    .Select(entry => new OpenAiModel(entry.Name))
            ]),
            OpenAiWire.Json.Models);
    }

    private IResult FindModel(HttpContext http, string model) =>
        models.All.Any(entry => entry.Name == model && limits.CheckModel(http.Caller().Account, entry.Model) is null)
            ? TypedResults.Json(new OpenAiModel(model), OpenAiWire.Json.OpenAiModel)
            : OpenAiErrors.UnknownModel(model);

    private async Task<(IResult? Rejection, ReceivedBody? Body, bool IsForm)> ReadAsync(
        HttpContext http, CancellationToken cancel)
    {
        var boundary = FormBody.BoundaryOf(http.Request);
        if (boundary is null && !BodyReader.IsJson(http.Request))
            return (OpenAiErrors.NotABody(http.Request.ContentType), null, false);
        var body = boundary is null
            ? await bodies.ReadAsync(http, cancel, mediaObject: "input_reference")
            : await bodies.ReadFormAsync(http, boundary, cancel);
        if (body.Problem is not { } problem) return (null, body, boundary is not null);
        body.Dispose();
        return (OpenAiErrors.Of(http, problem), null, false);
    }
}
