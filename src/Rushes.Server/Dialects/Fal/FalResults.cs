using Rushes.Files;
using Rushes.Intake;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Fal;

/// <summary>The result of a job that has ended: a download URL that needs no key, or the error.</summary>
internal sealed class FalResults(IFileStore files, ResultLinks links)
{
    public FalResult Of(JobView.Completed job, string origin) => FalMap.Result(job, links.To(job, origin));

    public async Task<IResult> AnswerAsync(HttpContext http, JobView.Ended job, string origin, CancellationToken cancel)
    {
        if (FalFailure.Of(job) is { } failure) return FalErrors.Of(http, failure);
        return job is JobView.Completed done && await files.FindAsync(done.ResultKey, cancel) is not null
            ? TypedResults.Json(Of(done, origin), FalWire.Json.FalResult)
            : FalErrors.Deleted();
    }
}
