using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;

namespace Rushes.Server.Console;

/// <summary>The catalog for the form: models with their fields, ranges, defaults and help.</summary>
internal sealed class CatalogEndpoints(ModelCatalog catalog, PlanLimits limits, Capacity capacity)
{
    public void Map(IEndpointRouteBuilder read) =>
        read.MapGet(
            "/catalog",
            (HttpContext http, CancellationToken _) => TypedResults.Json(Of(http.Caller()), ConsoleWire.Json.CatalogBody));

    public CatalogBody Of(Caller caller) => new(
        [.. catalog.Lanes.Select(lane => new LaneTitle(lane.Key, lane.Value, capacity.Serving(lane.Key).Slots))],
        [.. catalog.Models.Select(model => ModelBody.Of(model, limits.CheckModel(caller.Account, model)?.Message))],
        catalog.Limits.MediaBytes,
        catalog.Limits.UploadBytes);
}
