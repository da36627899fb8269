using System.Globalization;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;

namespace Rushes.Server.Console;

/// <summary>
/// Actions on a job, by its owner or by an operator. Operators' actions on other accounts' jobs are recorded in the audit
/// log.
/// </summary>
internal sealed class JobActions(ModelCatalog catalog, JobIntake intake, JobDesk desk, JobIds ids)
{
    public void Map(IEndpointRouteBuilder submit, IEndpointRouteBuilder admin)
    {
        submit.MapPost("/jobs/{id}/cancel", CancelAsync);
        submit.MapPost("/jobs/{id}/approve", ApproveAsync);
        submit.MapDelete("/jobs/{id}", DeleteAsync);
        submit.MapPost("/jobs/{id}/again", RepeatAsync);
        submit.MapPost("/jobs/{id}/deliveries/{delivery:long}/redeliver", RedeliverAsync).LimitRate(CallRate.Redelivery);
        admin.MapPost("/jobs/{id}/front", ToFrontAsync);
    }

    public static IResult Created(JobIds ids, SubmitResult.Accepted accepted) => TypedResults.Json(
        new JobName(accepted.Id, ids.ToUuid(accepted.Id)), ConsoleWire.Json.JobName, statusCode: StatusCodes.Status201Created);

    /// <summary>Also stops a running job, because the user sees that it is running.</summary>
    private async Task<IResult> CancelAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (await FindAsync(http, id, "job cancelled", cancel) is not { } job) return Unknown(id);
        return await desk.CancelAsync(job.Id, job.Account, null, force: true, cancel) switch
        {
            CancelOutcome.Cancelled => TypedResults.NoContent(),
            CancelOutcome.Stopping => TypedResults.StatusCode(StatusCodes.Status202Accepted),
            _ => ConsoleErrors.Conflict("already_finished", "The job has already ended."),
        };
    }

    private async Task<IResult> ApproveAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (await FindAsync(http, id, "job approved", cancel) is not { } job) return Unknown(id);
        return await desk.ApproveAsync(job.Id, job.Account, null, cancel) switch
        {
            ApproveOutcome.Approved => TypedResults.NoContent(),
            ApproveOutcome.NotAsked => ConsoleErrors.Conflict("not_awaiting", "The job needs no approval."),
            _ => ConsoleErrors.Conflict("already_finished", "The job has already ended."),
        };
    }

    private async Task<IResult> DeleteAsync(HttpContext http, string id, CancellationToken cancel) =>
        await FindAsync(http, id, "job deleted", cancel) is { } job && await desk.DeleteAsync(job.Id, job.Account, cancel)
            ? TypedResults.NoContent()
            : Unknown(id);

    /// <param name="seed"><c>new</c> for a random seed; otherwise the same seed, which gives the same video.</param>
    private async Task<IResult> RepeatAsync(HttpContext http, string id, string? seed, CancellationToken cancel)
    {
        if (seed is not (null or "new"))
            return ConsoleErrors.BadField("seed", $"is \"{seed}\"; send new, or leave it out to keep the seed");
        if (await FindAsync(http, id, "job repeated", cancel) is not { } job) return Unknown(id);
        return JobRepeat.Of(job, catalog, sameSeed: seed is null) is { } request
            ? (await intake.SubmitAsync(request, cancel)).Match<IResult>(
                accepted => Created(ids, accepted), rejected => ConsoleErrors.Of(http, rejected.Problem))
            : ConsoleErrors.Conflict("model_gone", $"The catalog no longer has the model {job.Model}.");
    }

    private async Task<IResult> RedeliverAsync(HttpContext http, string id, long delivery, CancellationToken cancel)
    {
        if (await FindAsync(http, id, "callback sent again", cancel) is not { } job) return Unknown(id);
        return await desk.RedeliverAsync(delivery, job.Account, cancel)
            ? TypedResults.Accepted((string?)null)
            : ConsoleErrors.NotFound($"delivery {delivery.ToString(CultureInfo.InvariantCulture)}");
    }

    private async Task<IResult> ToFrontAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (desk.NumberOf(id) is not { } number) return Unknown(id);
        return await desk.MoveToFrontAsync(number, http.Actor(), cancel) switch
        {
            MoveOutcome.Moved or MoveOutcome.First => TypedResults.NoContent(),
            MoveOutcome.NotQueued => ConsoleErrors.Conflict("not_queued", "The job is no longer queued."),
            _ => Unknown(id),
        };
    }

    /// <summary>
    /// Actions on other accounts' jobs are recorded before they are carried out, so that a crash in between cannot hide
    /// them.
    /// </summary>
    private async Task<Job?> FindAsync(HttpContext http, string id, string action, CancellationToken cancel)
    {
        if (await JobLookups.FindAsync(desk, http, id, cancel) is not { } job) return null;
        if (job.Account != http.Caller().Account)
            await desk.RecordOperatorActionAsync(job, http.Actor(), action, force: null, cancel);
        return job;
    }

    private static IResult Unknown(string id) => ConsoleErrors.NotFound($"job \"{id}\"");
}
