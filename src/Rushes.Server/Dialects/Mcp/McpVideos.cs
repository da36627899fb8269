using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Retention;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>Writes the results of tools: a sentence for the model that reads it, and the same as JSON.</summary>
internal sealed class McpVideos(ResultLinks links, ResultImageFiles images, KeepRules keep)
{
    private static readonly TimeSpan MinPoll = TimeSpan.FromSeconds(2), MaxPoll = TimeSpan.FromSeconds(30);

    /// <summary>A request as it is now; a finished one with a link to the video and a picture of it.</summary>
    public async Task<CallToolResult> OfAsync(JobView job, string origin, CancellationToken cancel)
    {
        var video = Of(job, origin);
        var result = Result(video, McpWire.Json.McpVideo, Sentence(job, video));
        if (job is JobView.Completed done)
        {
            result.Content.Add(new ResourceLinkBlock
            {
                Uri = video.VideoUrl!,
                Name = $"{job.Model}-{video.RequestId}.mp4",
                MimeType = "video/mp4",
                Size = done.Job.ResultBytes,
            });
            if (await images.ReadAsync(done.Job, ResultImage.Thumbnail, cancel) is { } image)
                result.Content.Add(ImageContentBlock.FromBytes(image, "image/webp"));
        }
        else if (job.Preview is { } preview)
        {
            result.Content.Add(ImageContentBlock.FromBytes(preview.Jpeg, "image/jpeg"));
        }
        return result;
    }

    public static CallToolResult Result<T>(T value, JsonTypeInfo<T> type, string? sentence = null)
    {
        var json = JsonSerializer.SerializeToElement(value, type);
        return new CallToolResult
        {
            Content = [new TextContentBlock { Text = sentence ?? json.GetRawText() }], StructuredContent = json,
        };
    }

    public static CallToolResult Error(McpError error)
    {
        var result = Result(error, McpWire.Json.McpError, error.Error);
        result.IsError = true;
        return result;
    }

    /// <summary>How long to wait before the next call; null if the job has ended.</summary>
    public static TimeSpan? PollOf(JobView job) => job switch
    {
        JobView.Ended => null,
        { Remaining: { } left } => TimeSpan.FromTicks(Math.Clamp(left.Ticks / 4, MinPoll.Ticks, MaxPoll.Ticks)),
        _ => MaxPoll,
    };

    private McpVideo Of(JobView job, string origin)
    {
        var video = new McpVideo
        {
            RequestId = job.Id.ToString(CultureInfo.InvariantCulture), Model = job.Model, Status = McpVideo.StatusOf(job.State),
            DraftUrl = links.ToDraft(job.Draft, origin),
        };
        return job switch
        {
            JobView.Waiting waiting => video with
            {
                QueuePosition = waiting.QueuePosition,
                EtaSeconds = Seconds(waiting.Remaining),
                PollAfterSeconds = (int?)PollOf(job)?.TotalSeconds,
                Unavailable = waiting.Unavailable ? true : null,
            },
            JobView.Running running => video with
            {
                EtaSeconds = Seconds(running.Remaining), PollAfterSeconds = (int?)PollOf(job)?.TotalSeconds,
                Progress = Math.Round((double)running.Progress.Done / Math.Max(1, running.Progress.Total), 3),
            },
            JobView.Completed done => video with
            {
                VideoUrl = links.To(done, origin), ExpiresAt = keep.ExpiryOf(done.Job.EndedAt),
            },
            JobView.Failed failed => video with { Error = failed.Error.Message, Code = failed.Error.Code },
            _ => video,
        };
    }

    private static string Sentence(JobView job, McpVideo video)
    {
        var request = $"Request {video.RequestId} ({video.Model})";
        var again = $"Call get_video again in {video.PollAfterSeconds} s.";
        return job switch
        {
            JobView.Waiting { State: JobState.Awaiting } when video.DraftUrl is null =>
                $"{request} waits for its draft, which is being made. {again}",
            JobView.Waiting { State: JobState.Awaiting } =>
                $"{request} waits for approval of its draft, {video.DraftUrl}. Call approve_draft or cancel_video.",
            JobView.Waiting { Unavailable: true } => $"{request} is queued. No worker can run this model now. {again}",
            JobView.Waiting => $"{request} is queued behind {video.QueuePosition}{Ready(video)}. {again}",
            JobView.Running => $"{request} is running, {video.Progress:P0} done{Ready(video)}. {again}",
            JobView.Completed => $"{request} is finished: {video.VideoUrl}",
            JobView.Failed => $"{request} failed: {video.Error}",
            _ => $"{request} was cancelled.",
        };
    }

    private static string Ready(McpVideo video) => video.EtaSeconds is { } left ? $", ready in about {left} s" : "";

    private static long? Seconds(TimeSpan? time) => time is { } left ? (long)Math.Ceiling(left.TotalSeconds) : null;
}
