using System.Globalization;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Queue;

/// <summary>Converts jobs to the format of the queue API.</summary>
internal static class QueueMap
{
    public static QueueCreated Created(string origin, string model, long id)
    {
        var number = id.ToString(CultureInfo.InvariantCulture);
        var response = ResponseUrl(origin, model, number);
        return new QueueCreated(number, response, response + "/status", response + "/cancel");
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

    public static QueueStatus Status(JobView job, string responseUrl, string bucket, string? draftUrl)
    {
        var status = new QueueStatus
        {
            Status = StatusOf(job.State), StatusMessages = QueueMessages.None, ResponseUrl = responseUrl,
            DraftUrl = draftUrl, DraftError = job.Draft.State == DraftState.Failed ? ResultLinks.NoDraft : null,
        };
        return job.State switch
        {
            JobState.Pending or JobState.Retry => status with { QueuePosition = job.QueuePosition, EtaSeconds = Seconds(job.Remaining) },
            JobState.Awaiting => status with
            {
                QueuePosition = job.QueuePosition, EtaSeconds = Seconds(job.Remaining), StatusMessages = QueueMessages.Awaiting, ApproveUrl = responseUrl + "/approve",
            },
            JobState.Running => status with { StatusMessages = Running(job), PreviewUrl = job.Preview is null ? null : responseUrl + "/preview" },
            JobState.Completed => status with { QueuePosition = 0, EtaSeconds = 0, StatusMessages = Completed(new FileUri(bucket, job.Stored!.ResultKey!)) },
            JobState.Failed => status with { StatusMessages = new QueueMessages { Message = job.Stored!.Error!.Message }, ErrorCode = job.Stored.Error.Code },
            _ => status with { StatusMessages = new QueueMessages { Message = "Cancelled on request" } },
        };
    }

    private static QueueMessages Running(JobView job) => new()
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

    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);
}
