using Rushes.Accounts;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.WorkerApi;
using Rushes.Work;

namespace Rushes.Server.Admin;

/// <summary>Lists the workers and their jobs; drains and resumes workers.</summary>
internal sealed class RosterEndpoints(IAuditLog audit, WorkerRoster roster, Backlog backlog, Drains drains)
{
    public void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet(
            "/workers",
            (CancellationToken _) => TypedResults.Json(new WorkerList(Read(roster, backlog, drains)), AdminWire.Json.WorkerList));
        // A worker's name holds a slash.
        admin.MapPost(
            "/workers/drain",
            (HttpContext http, string? name, CancellationToken cancel) => ChangeAsync(http, name, true, cancel));
        admin.MapPost(
            "/workers/resume",
            (HttpContext http, string? name, CancellationToken cancel) => ChangeAsync(http, name, false, cancel));
    }

    public static IReadOnlyList<WorkerBody> Read(WorkerRoster roster, Backlog backlog, Drains drains)
    {
        var running = backlog.Lanes.SelectMany(backlog.Running)
            .Where(job => job.Run is not null)
            .GroupBy(job => job.Run!.Worker)
            .ToDictionary(held => held.Key, held => held.First());
        return [.. roster.All.Select(
            worker => BodyOf(worker, running.GetValueOrDefault(worker.Offer.Worker), drains.IsDrained(worker.Offer.Worker)))];
    }

    private async Task<IResult> ChangeAsync(HttpContext http, string? name, bool drain, CancellationToken cancel)
    {
        if (roster.All.All(worker => worker.Offer.Worker != name)) return AdminErrors.NotFound($"worker \"{name}\"");
        await audit.AppendAuditAsync(
            new AuditEntry(http.Actor(), drain ? "worker drained" : "worker resumed", $"worker {name}", Detail.Empty), cancel);
        if (drain) drains.Drain(name!);
        else drains.Resume(name!);
        return TypedResults.NoContent();
    }

    private static WorkerBody BodyOf(WorkerRoster.Entry worker, LiveJob? job, bool drained)
    {
        var (offer, run) = (worker.Offer, job?.Run);
        return new WorkerBody(
            offer.Worker, worker.IsRemote,
            run is not null ? "running" : offer.Models.Count == 0 ? "unable" : drained ? "drained" : "idle", drained,
            offer.Engine, offer.Version ?? ProgramVersion.Text,
            offer.Gpu is { } gpu ? new GpuBody(gpu.Name, gpu.Megabytes) : null,
            offer.Models, offer.Loaded, offer.LoadedLora, offer.Wants,
            [.. offer.Parts.Select(part => new WorkerPartBody(part.Name, part.State, part.Reason, part.Models))],
            worker.IsRemote ? worker.SeenAt : null,
            run is null ? null : new WorkerJobBody(
                job!.Id.ToString(), job.Model, run.Progress.Done, run.Progress.Total, run.StartedAt));
    }
}
