using Microsoft.Extensions.Logging;

namespace Rushes.Work;

internal static partial class WorkLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "JobStarted {Job} on {Worker}, fence {Fence}")]
    public static partial void JobStarted(this ILogger log, long job, string worker, long fence);

    [LoggerMessage(Level = LogLevel.Information, Message = "JobCompleted {Job} on {Worker} by {Engine} in {Seconds:0.0} s")]
    public static partial void JobCompleted(this ILogger log, long job, string worker, string engine, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "JobRunFailed {Job} on {Worker} by {Engine} after {Seconds:0.0} s, blame {Blame}: {Code}, {Reason}")]
    public static partial void JobRunFailed(
        this ILogger log, long job, string worker, string engine, double seconds, string blame, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "LeaseLost {Job} on {Worker}, fence {Fence}: its work was thrown away")]
    public static partial void LeaseLost(this ILogger log, long job, string worker, long fence);

    [LoggerMessage(Level = LogLevel.Error, Message = "RunBroke {Job} in engine {Engine}")]
    public static partial void RunBroke(this ILogger log, Exception error, long job, string engine);

    [LoggerMessage(Level = LogLevel.Error, Message = "WorkerStumbled {Worker}: it goes on")]
    public static partial void WorkerStumbled(this ILogger log, Exception error, string worker);

    [LoggerMessage(Level = LogLevel.Error, Message = "WorkerServesNothing {Worker}: its engine {Engine} can make no model that is asked of it; it is looked at again until it can")]
    public static partial void WorkerServesNothing(this ILogger log, string worker, string engine);

    [LoggerMessage(Level = LogLevel.Error, Message = "WorkerDiskFull {Worker}: {Free} MB are free for {Folder} and a job needs {Least} MB; it takes none until there is room")]
    public static partial void WorkerDiskFull(this ILogger log, string worker, long free, string folder, long least);

    [LoggerMessage(Level = LogLevel.Information, Message = "WorkerHasRoom {Worker}: {Free} MB are free for {Folder}; it takes jobs again")]
    public static partial void WorkerHasRoom(this ILogger log, string worker, long free, string folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "JobFilledDisk {Job} on {Worker}: {Free} MB were left for {Folder} when it failed as {Code}; the worker takes no job for {Seconds} s")]
    public static partial void JobFilledDisk(
        this ILogger log, long job, string worker, long free, string folder, string code, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "GatewayAway {Gateway}: {Reason}; it is asked again")]
    public static partial void GatewayAway(this ILogger log, Uri gateway, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "VideoRefused {Job}: the gateway does not take the delivered file as its video, which {Reason}")]
    public static partial void VideoRefused(this ILogger log, long job, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "StoreAway {Job}: {Reason} It is asked again")]
    public static partial void StoreAway(this ILogger log, long job, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "DraftFailed {Job}: the job itself goes on")]
    public static partial void DraftFailed(this ILogger log, long job);

    [LoggerMessage(Level = LogLevel.Error, Message = "DraftStumbled: it is tried again")]
    public static partial void DraftStumbled(this ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "LeasesExpired {Count}: their workers went silent")]
    public static partial void LeasesExpired(this ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "SweepFailed: it is tried again")]
    public static partial void SweepFailed(this ILogger log, Exception error);
}
