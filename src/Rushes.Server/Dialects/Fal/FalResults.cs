using Rushes.Files;
using Rushes.Jobs;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Fal;

/// <summary>The result of a job that has ended: a download URL that needs no key, or the error.</summary>
internal sealed class FalResults(IFileStore files, ResultLinks links)
{
    public FalResult Of(Job job, string origin) => FalMap.Result(job, links.To(job, origin));

    public async Task<IResult> AnswerAsync(HttpContext http, Job job, string origin, CancellationToken cancel)
    {
        if (FalFailure.Of(job) is { } failure) return FalErrors.Of(http, failure);
        return await files.FindAsync(job.ResultKey!, cancel) is null
            ? FalErrors.Gone()
            : TypedResults.Json(Of(job, origin), FalWire.Json.FalResult);
    }
}
