using System.Globalization;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.Transfers;
using Rushes.Work;

namespace Rushes.Server.Dialects.Queue;

/// <summary>The model list, and finding and deleting a job by its id alone.</summary>
internal sealed class QueueLookups(
    ModelCatalog catalog, JobDesk desk, PlanLimits limits, AccountDirectory accounts, Origin origin, FieldSupport support,
    Capacity capacity, ResultImageFiles images)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("").WithMetadata(QueueErrors.Access).RequireScope(Scopes.Read);
        calls.MapGet("/models", Models);
        calls.MapGet("/jobs/{id}", FindAsync);
        calls.MapGet("/jobs/{id}/thumbnail", ThumbnailAsync);
        routes.MapGroup("").WithMetadata(QueueErrors.Access).RequireScope(Scopes.Submit).MapDelete("/jobs/{id}", DeleteAsync);
    }

    /// <summary>The models that are available to the key's account.</summary>
    private IResult Models(HttpContext http, CancellationToken cancel)
    {
        var caller = http.Caller();
        var currency = accounts.PlanOf(caller.Account).Currency;
        var models = catalog.Models.Where(model => limits.CheckModel(caller.Account, model) is null).Select(
            model => QueueModel.Of(model, currency, field => support.LimitOf(field, model.Id)) with
            {
                Unavailable = capacity.Lacks(model.Id) ? true : null,
                Upscaler = capacity.Enlarges(model.Id) ? model.Family.Upscaler?.Model : null,
            });
        return TypedResults.Json(new QueueModels([.. models]), QueueLookupWire.Json.QueueModels);
    }

    private async Task<IResult> DeleteAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (desk.NumberOf(id) is not { } number) return QueueErrors.BadId(id);
        return await desk.DeleteAsync(number, http.Caller().Account, cancel)
            ? TypedResults.NoContent()
            : QueueErrors.UnknownRequest(id);
    }

    private async Task<IResult> ThumbnailAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (desk.NumberOf(id) is not { } number) return QueueErrors.BadId(id);
        if (await desk.FindAsync(number, http.Caller().Account, null, cancel) is not { } job)
            return QueueErrors.UnknownRequest(id);
        if (job is not JobView.Completed done)
            return QueueErrors.Conflict("no_video", "The request has no finished video.", job.State);
        var (file, problem) = await images.OpenAsync(
            http.Request, done.Job, ResultImage.Thumbnail, origin.Of(http.Request), cancel);
        return problem is null ? file ?? QueueErrors.Deleted() : QueueErrors.Of(http, problem);
    }

    private async Task<IResult> FindAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (desk.NumberOf(id) is not { } number) return QueueErrors.BadId(id);
        if (await desk.FindAsync(number, http.Caller().Account, null, cancel) is not { } job)
            return QueueErrors.UnknownRequest(id);
        var text = job.Id.ToString(CultureInfo.InvariantCulture);
        var response = QueueMap.ResponseUrl(origin.Of(http.Request), job.Model, text);
        return TypedResults.Json(
            new QueueJob(text, job.Model, QueueMap.StatusOf(job.State), response, response + "/status", response + "/cancel"),
            QueueLookupWire.Json.QueueJob);
    }
}
