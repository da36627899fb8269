using System.Globalization;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Queue;

/// <summary>Converts jobs to the format of the queue API.</summary>
internal static class QueueMap
{
    /// <param name="unavailable">No worker can run the model now.</param>
    public static QueueCreated Created(string origin, string model, long id, bool unavailable)
    {
        var number = id.ToString(CultureInfo.InvariantCulture);
        var response = ResponseUrl(origin, model, number);
        return new QueueCreated(
            number, response, response + "/status", response + "/cancel", unavailable ? QueueMessages.NoWorker.Message : null);
    }

    public static string ResponseUrl(string origin, string model, string id) => $"{origin}/queue/{model}/requests/{id}";

    public static string StatusOf(JobState state) => state switch
    {
        JobState.Pending or JobState.Retry or JobState.Awaiting => "IN_QUEUE",
        JobState.Running => "IN_PROGRESS",
        JobState.Completed => "COMPLETED",
        JobState.Failed => "FAILED",
        _ => "CANCELLED",
    };

    public static QueueStatus Status(
        JobView job, string responseUrl, string bucket, string? draftUrl, KeepRules keep)
    {
        var status = new QueueStatus
        {
            Status = StatusOf(job.State), StatusMessages = QueueMessages.None, ResponseUrl = responseUrl,
            DraftUrl = draftUrl, DraftError = job.Draft.State == DraftState.Failed ? ResultLinks.NoDraft : null,
        };
        return job switch
        {
            JobView.Waiting { State: JobState.Awaiting } waiting => status with
            {
                QueuePosition = waiting.QueuePosition, EtaSeconds = Eta(waiting),
                StatusMessages = QueueMessages.Awaiting, ApproveUrl = responseUrl + "/approve",
            },
            JobView.Waiting waiting => status with
            {
                QueuePosition = waiting.QueuePosition, EtaSeconds = Eta(waiting),
                StatusMessages = waiting.Unavailable ? QueueMessages.NoWorker : QueueMessages.None,
                Unavailable = waiting.Unavailable ? true : null,
            },
            JobView.Running running => status with
            {
                StatusMessages = Running(running), PreviewUrl = running.Preview is null ? null : responseUrl + "/preview",
            },
            JobView.Completed done => status with
            {
                QueuePosition = 0, EtaSeconds = 0, StatusMessages = Completed(new FileUri(bucket, done.ResultKey)),
                ExpiresAt = keep.ExpiryOf(done.Job.EndedAt),
            },
            JobView.Failed failed => status with
            {
                StatusMessages = new QueueMessages { Message = failed.Error.Message }, ErrorCode = failed.Error.Code,
            },
            _ => status with { StatusMessages = new QueueMessages { Message = "Cancelled on request" } },
        };
    }

    private static QueueMessages Running(JobView.Running job) => new()
    {
        Message = "PROCESSING",
        DetailMessage = $"Progress: {job.Progress.Done}/{Math.Max(1, job.Progress.Total)} Tasks done",
        EstimatedTotalTimeSeconds = Seconds(job.EstimatedTotal),
    };

    private static QueueMessages Completed(FileUri result) => new()
    {
        Message = "Job completed successfully",
        ResultUri = result.ToString(),
        Results = [result.ToString()],
    };

    private static long? Eta(JobView job) => job.Remaining is { } left ? Seconds(left) : null;

    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);
}
