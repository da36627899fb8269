using Rushes.Accounts;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.OpenRouter;

/// <summary>
/// OpenRouter's video API: create, poll, download, models, and the extension delete. Specified in docs/api/openrouter.md.
/// </summary>
internal sealed class OpenRouterEndpoints(
    OpenRouterModelList models, JobIntake intake, JobDesk desk, IFileStore files, Origin origin, BodyReader bodies,
    PlanLimits limits, OpenRouterMap map)
{
    public const string Path = "/api/v1/videos";

    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("").WithMetadata(new FaultForm(OpenRouterErrors.Broke), OpenRouterErrors.Access);
        calls.MapPost(Path, CreateAsync).RequireScope(Scopes.Submit);
        calls.MapGet(Path + "/models", Models).RequireScope(Scopes.Read);
        calls.MapGet(Path + "/{id}", PollAsync).RequireScope(Scopes.Read);
        calls.MapDelete(Path + "/{id}", DeleteAsync).RequireScope(Scopes.Submit);
        calls.MapGet(Path + "/{id}/content", ContentAsync).RequireScope(Scopes.Read);
        calls.Map(Path + "/{**rest}", (HttpContext http) => WrongMethod.Find(http) ?? OpenRouterErrors.NoSuchCall())
            .AllowAnyone();
    }

    private async Task<IResult> CreateAsync(HttpContext http, CancellationToken cancel)
    {
        if (!BodyReader.IsJson(http.Request)) return OpenRouterErrors.NotJson(http.Request.ContentType);
        using var body = await bodies.ReadPartsAsync(http, cancel);
        if (body.Problem is { } unread) return OpenRouterErrors.Of(http, unread);
        var sent = body.Fields;
        if (OpenRouterFields.CheckMembers(sent) is { } unknown) return OpenRouterErrors.Of(http, unknown);
        var name = OpenRouterFields.Text(sent, "model");
        if (models.Find(name ?? "", OpenRouterFields.HasImage(sent)) is not { } listing)
            return OpenRouterErrors.Of(http, Problem.BadField(
                "model", name is null ? $"is missing; {models.Allowed()}" : $"is \"{Excerpt.Of(name)}\"; {models.Allowed()}"));
        var (fields, problem) = new OpenRouterFields(sent, listing).Convert();
        if (problem is not null) return OpenRouterErrors.Of(http, problem);
        var request = new JobRequest
        {
            Account = http.Caller().Account,
            Model = listing.Model,
            Parameters = listing.Parameters,
            Fields = fields,
            Media = body.Media,
            Dialect = OpenRouterModelList.Dialect,
            Callback = Callback.Of(sent, OpenRouterFields.Callback),
            Timeout = JobTimeoutHeader.Read(http.Request),
            IdempotencyKey = IdempotencyHeader.Read(http.Request),
        };
        return await intake.AnswerAsync(
            http, request, name!,
            accepted => ShowAsync(http, $"{accepted.Id}", StatusCodes.Status202Accepted, cancel), OpenRouterErrors.Of, cancel);
    }

    private Task<IResult> PollAsync(HttpContext http, string id, CancellationToken cancel) =>
        ShowAsync(http, id, StatusCodes.Status200OK, cancel);

    private async Task<IResult> ShowAsync(HttpContext http, string id, int status, CancellationToken cancel) =>
        await FindAsync(http, id, cancel) is { } view
            ? JsonAnswer.Of(map.Video(view, origin.Of(http.Request)), OpenRouterWire.Json.OpenRouterVideo, status)
            : OpenRouterErrors.UnknownVideo(id);

    private async ValueTask<JobView?> FindAsync(HttpContext http, string id, CancellationToken cancel) =>
        desk.NumberOf(id) is { } number ? await desk.FindAsync(number, http.Caller().Account, null, cancel) : null;

    private async Task<IResult> ContentAsync(HttpContext http, string id, string? index, CancellationToken cancel)
    {
        if (index is not (null or "" or "0"))
            return OpenRouterErrors.Of(
                http, Problem.BadField("index", $"is \"{Excerpt.Of(index)}\"; a job has one video, with the index 0"));
        if (await FindAsync(http, id, cancel) is not { } view) return OpenRouterErrors.UnknownVideo(id);
        if (OpenRouterMap.ErrorOf(view) is { } reason) return OpenRouterErrors.NoVideo(reason);
        if (view is not JobView.Completed done) return OpenRouterErrors.NotReady();
        return await StoredFileResult.OpenAsync(http.Request, files, done.ResultKey, origin.Of(http.Request), cancel)
            ?? OpenRouterErrors.Deleted();
    }

    /// <summary>An extension: OpenRouter has no call that cancels or deletes.</summary>
    private async Task<IResult> DeleteAsync(HttpContext http, string id, CancellationToken cancel) =>
        desk.NumberOf(id) is { } number && await desk.DeleteAsync(number, http.Caller().Account, cancel)
            ? TypedResults.NoContent()
            : OpenRouterErrors.UnknownVideo(id);

    private IResult Models(HttpContext http) => TypedResults.Json(
        new OpenRouterModels([.. models.Of(http.Caller().Account, limits)]), OpenRouterWire.Json.OpenRouterModels);
}
