using System.Reflection;
using Rushes.Jobs;
using Rushes.Server.WorkerApi;

namespace Rushes.Server.Admin;

/// <summary>Who takes jobs here, on what, and what each does now.</summary>
internal sealed class RosterEndpoints(WorkerRoster roster, Backlog backlog)
{
    private static readonly string Version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);

    public void Map(IEndpointRouteBuilder admin) => admin.MapGet("/workers", Read);

    private IResult Read(CancellationToken cancel)
    {
        var running = backlog.Lanes.SelectMany(backlog.Running).Where(job => job.Run is not null).GroupBy(job => job.Run!.Worker).ToDictionary(held => held.Key, held => held.First());
        return TypedResults.Json(new WorkerList([.. roster.All.Select(worker => BodyOf(worker, running.GetValueOrDefault(worker.Offer.Worker)))]), AdminWire.Json.WorkerList);
    }

    private static WorkerBody BodyOf(WorkerRoster.Entry worker, LiveJob? job)
    {
        var (offer, run) = (worker.Offer, job?.Run);
        return new WorkerBody(
            offer.Worker, worker.IsRemote, run is not null ? "running" : offer.Models.Count > 0 ? "idle" : "engine_away",
            offer.Engine, offer.Version ?? Version, offer.Gpu is { } gpu ? new GpuBody(gpu.Name, gpu.Megabytes) : null,
            offer.Models, offer.Loaded, worker.IsRemote ? worker.SeenAt : null,
            run is null ? null : new WorkerJobBody(job!.Id.ToString(), job.Model, run.Progress.Done, run.Progress.Total, run.StartedAt));
    }
}
