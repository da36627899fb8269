using Rushes.Jobs;
using Rushes.Server.Admin;
using Rushes.Server.WorkerApi;
using Rushes.Work;

namespace Rushes.Server.Console;

/// <summary>The workers page: the admin API's list with the utilization of each slot.</summary>
internal sealed class WorkersPage(WorkerRoster roster, Backlog backlog, Drains drains, LastHour hour)
{
    public void Map(IEndpointRouteBuilder admin) => admin.MapGet("/workers", Show);

    private IResult Show(CancellationToken _) => TypedResults.Json(
        new WorkersBody([.. RosterEndpoints.Read(roster, backlog, drains)
            .Select(worker => new BusyWorker(worker, hour.BusyOf(worker.Name)))]), ConsoleWire.Json.WorkersBody);
}

internal sealed record WorkersBody(IReadOnlyList<BusyWorker> Workers);

/// <param name="Busy">The utilization in the last hour; null if it is not known yet.</param>
internal sealed record BusyWorker(WorkerBody Worker, double? Busy);
