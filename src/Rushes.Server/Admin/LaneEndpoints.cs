using Rushes.Catalog;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;

namespace Rushes.Server.Admin;

/// <summary>Pauses and resumes lanes; repeating a call changes nothing.</summary>
internal sealed class LaneEndpoints(JobDesk desk, ModelCatalog catalog, Backlog backlog)
{
    public void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/lanes", List);
        admin.MapPost(
            "/lanes/{lane}/pause",
            (HttpContext http, string lane, CancellationToken cancel) => ChangeAsync(http, lane, true, cancel));
        admin.MapPost(
            "/lanes/{lane}/resume",
            (HttpContext http, string lane, CancellationToken cancel) => ChangeAsync(http, lane, false, cancel));
    }

    private IResult List(CancellationToken _) => TypedResults.Json(
        new AdminLanes([.. catalog.Lanes.Select(lane => new AdminLane(lane.Key, lane.Value, backlog.IsPaused(lane.Key),
            backlog.Counts(lane.Key).Queued, backlog.Counts(lane.Key).Running))]),
        AdminWire.Json.AdminLanes);

    private async Task<IResult> ChangeAsync(HttpContext http, string lane, bool paused, CancellationToken cancel)
    {
        if (!catalog.Lanes.ContainsKey(lane)) return AdminErrors.NotFound($"lane \"{lane}\"");
        await desk.PauseLaneAsync(new LanePause(lane, paused), http.Actor(), cancel);
        return TypedResults.NoContent();
    }
}
