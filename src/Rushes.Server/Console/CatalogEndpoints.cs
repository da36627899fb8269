using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;

namespace Rushes.Server.Console;

/// <summary>What can be asked for, as a form needs it: models with their fields, ranges, defaults and help.</summary>
internal sealed class CatalogEndpoints(ModelCatalog catalog, PlanLimits limits, Capacity capacity)
{
    public void Map(IEndpointRouteBuilder read) => read.MapGet("/catalog", Show);

    private IResult Show(HttpContext http, CancellationToken _)
    {
        var account = ConsoleDoor.CallerOf(http).Account;
        return TypedResults.Json(
            new CatalogBody(
                [.. catalog.Lanes.Select(lane => new LaneTitle(lane.Key, lane.Value, capacity.Serving(lane.Key).Slots))],
                [.. catalog.Models.Select(model => ModelBody.Of(model, limits.CheckModel(account, model)?.Message))],
                catalog.Limits.MediaBytes),
            ConsoleWire.Json.CatalogBody);
    }
}
