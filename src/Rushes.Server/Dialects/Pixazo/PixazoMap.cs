using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Pixazo;

/// <summary>Converts jobs to Pixazo's format.</summary>
internal sealed class PixazoMap(JobIds ids, ResultLinks links)
{
    public PixazoCreated Created(long id) => new(ids.ToUuid(id));

    public PixazoStatus Status(JobView job, string origin)
    {
        var request = ids.ToUuid(job.Id);
        var status = StatusOf(job, request, origin);
        return status with
        {
            DraftUrl = links.ToDraft(job.Draft, origin),
            DraftError = job.Draft.State == DraftState.Failed ? ResultLinks.NoDraft : null,
        };
    }

    private PixazoStatus StatusOf(JobView job, string request, string origin) => job switch
    {
        JobView.Completed done => new("COMPLETED", request) { Video = Video(done, origin) },
        JobView.Failed failed => new("FAILED", request) { Detail = failed.Error.Message },
        JobView.Cancelled => new("FAILED", request) { Detail = "Cancelled on request" },
        JobView.Waiting { State: JobState.Awaiting } => new("IN_PROGRESS", request) { Detail = "The draft awaits approval" },
        _ => new("IN_PROGRESS", request) { Detail = "Request is still in progress" },
    };

    private PixazoVideo Video(JobView.Completed job, string origin)
    {
        var key = job.ResultKey;
        return new(links.To(job, origin), FileKey.ContentTypeOf(key), key[(key.LastIndexOf('/') + 1)..], job.Job.ResultBytes);
    }
}
