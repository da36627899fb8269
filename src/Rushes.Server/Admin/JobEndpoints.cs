using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;

namespace Rushes.Server.Admin;

/// <summary>Operators' actions on the jobs of all accounts.</summary>
internal sealed class JobEndpoints(JobDesk desk)
{
    public void Map(IEndpointRouteBuilder admin) => admin.MapPost("/jobs/{id}/cancel", CancelAsync);

    private async Task<IResult> CancelAsync(HttpContext http, string id, bool? force, CancellationToken cancel)
    {
        if (desk.NumberOf(id) is not { } number || await desk.ReadAsync(number, null, null, cancel) is not { } job)
            return AdminErrors.NotFound($"job \"{id}\"");

        await desk.RecordOperatorActionAsync(job, http.Actor(), "job cancelled", force ?? false, cancel);
        return await desk.CancelAsync(number, job.Account, null, force ?? false, cancel) switch
        {
            CancelOutcome.Cancelled => TypedResults.Json(new JobCancelled("cancelled"), AdminWire.Json.JobCancelled),
            CancelOutcome.Stopping =>
                TypedResults.Json(
                    new JobCancelled("stopping"), AdminWire.Json.JobCancelled, statusCode: StatusCodes.Status202Accepted),
            CancelOutcome.Running => AdminErrors.Conflict("already_started", "The job is running; \"?force=true\" stops it."),
            _ => AdminErrors.Conflict("already_finished", "The job has ended."),
        };
    }
}
