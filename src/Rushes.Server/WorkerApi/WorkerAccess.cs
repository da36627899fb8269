using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Work.Remote;

namespace Rushes.Server.WorkerApi;

/// <summary>Checks who calls the worker API, and for which lease.</summary>
internal sealed class WorkerAccess(IJobStore jobStore)
{
    public static readonly AccessForm Access = new(
        _ => Rejection(StatusCodes.Status401Unauthorized, "The API key is missing or invalid."),
        scope => Rejection(StatusCodes.Status403Forbidden, AccessMessages.NoScope(scope)));

    /// <summary>The caller, or the error response.</summary>
    public static (Caller? Caller, IResult? Rejection) Check(HttpContext http)
    {
        var spoken = http.Request.Headers[WorkerProtocol.Header].ToString();
        return spoken == WorkerProtocol.Version
            ? (http.Caller(), null)
            : (null, Rejection(StatusCodes.Status426UpgradeRequired,
                $"This gateway uses worker protocol {WorkerProtocol.Version}, "
                    + $"the worker uses \"{BoundedText.Line(spoken, 20)}\"; run the same release of both."));
    }

    /// <summary>
    /// Whether the caller took the lease that the call names. Each claim of a job has its own fencing token, so the owner of
    /// a lease never changes; whether the lease is still valid is checked by the write that follows.
    /// </summary>
    public async Task<LeaseCall> FindAsync(HttpContext http, long id, CancellationToken cancel)
    {
        var (caller, rejection) = Check(http);
        if (rejection is not null) return new LeaseCall.Rejected(rejection);
        var query = http.Request.Query;
        if (!long.TryParse(query["fence"], NumberStyles.None, CultureInfo.InvariantCulture, out var fence)
            || query["worker"].ToString() is not { Length: > 0 } name)
            return new LeaseCall.Rejected(
                Rejection(StatusCodes.Status400BadRequest, "The call must name its lease: ?fence=NUMBER&worker=NAME."));

        var job = await jobStore.FindAsync(id, cancel);
        if (job?.Worker is null || job.Fence != fence) return new LeaseCall.Lost();
        var worker = new RemoteName(caller!.Key, name).ToString();
        return job.Worker == worker
            ? new LeaseCall.Own(job, worker)
            : new LeaseCall.Rejected(
                Rejection(StatusCodes.Status403Forbidden, "This lease was taken with another key or by another worker."));
    }

    public static JsonHttpResult<WorkerError> Rejection(int status, string error) =>
        TypedResults.Json(new WorkerError(error), WorkerJson.Default.WorkerError, statusCode: status);
}

/// <summary>The lease of a call.</summary>
internal abstract record LeaseCall
{
    private LeaseCall() { }

    /// <summary>The caller took the job's latest lease; the job may have ended since.</summary>
    public sealed record Own(Job Job, string Worker) : LeaseCall;

    /// <summary>There is a later lease, or no such job.</summary>
    public sealed record Lost : LeaseCall;

    public sealed record Rejected(IResult Answer) : LeaseCall;
}
