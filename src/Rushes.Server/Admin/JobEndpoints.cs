using Rushes.Accounts;
using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;

namespace Rushes.Server.Admin;

/// <summary>What an operator may do to anyone's jobs.</summary>
internal sealed class JobEndpoints(IJobStore jobStore, IAuditLog audit, JobDesk desk)
{
    public void Map(IEndpointRouteBuilder admin) => admin.MapPost("/jobs/{id}/cancel", CancelAsync);

    private async Task<IResult> CancelAsync(HttpContext http, string id, bool? force, CancellationToken cancel)
    {
        if (desk.NumberOf(id) is not { } number || await jobStore.FindAsync(number, cancel) is not { } job) return AdminErrors.NotFound($"job \"{id}\"");

        // Written down before it is done: were it after, a crash between the two would hide who did it.
        await audit.AppendAuditAsync(
            new AuditEntry(http.Actor(), "job cancelled", $"job {number}", Detail.Of(("account", job.Account), ("force", force ?? false))), cancel);
        return await jobStore.CancelAsync(number, job.Account, force ?? false, cancel) switch
        {
            CancelOutcome.Cancelled => TypedResults.Json(new JobCancelled("cancelled"), AdminWire.Json.JobCancelled),
            CancelOutcome.Stopping => TypedResults.Json(new JobCancelled("stopping"), AdminWire.Json.JobCancelled, statusCode: StatusCodes.Status202Accepted),
            CancelOutcome.Running => AdminErrors.Conflict("already_started", "The job is running; \"?force=true\" stops it."),
            _ => AdminErrors.Conflict("already_finished", "The job has ended."),
        };
    }
}
