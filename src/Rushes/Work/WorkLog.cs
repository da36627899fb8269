using Microsoft.Extensions.Logging;

namespace Rushes.Work;

internal static partial class WorkLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "JobStarted {Job} on {Worker}, fence {Fence}")]
    public static partial void JobStarted(this ILogger log, long job, string worker, long fence);

    [LoggerMessage(Level = LogLevel.Information, Message = "JobCompleted {Job} on {Worker} by {Engine} in {Seconds:0.0} s")]
    public static partial void JobCompleted(this ILogger log, long job, string worker, string engine, double seconds);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "JobRunFailed {Job} on {Worker} by {Engine} after {Seconds:0.0} s, blame {Blame}: "
            + "{Code}, {Reason}")]
    public static partial void JobRunFailed(
        this ILogger log, long job, string worker, string engine, double seconds, string blame, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "LeaseLost {Job} on {Worker}, fence {Fence}: the result was discarded")]
    public static partial void LeaseLost(this ILogger log, long job, string worker, long fence);

    [LoggerMessage(Level = LogLevel.Error, Message = "RunBroke {Job} in engine {Engine}")]
    public static partial void RunBroke(this ILogger log, Exception error, long job, string engine);

    [LoggerMessage(Level = LogLevel.Error, Message = "WorkerStumbled {Worker}: it continues")]
    public static partial void WorkerStumbled(this ILogger log, Exception error, string worker);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "WorkerServesNothing {Worker}: its engine {Engine} can run none of the models; it is "
            + "checked until it can")]
    public static partial void WorkerServesNothing(this ILogger log, string worker, string engine);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "WorkerDiskFull {Worker}: {Folder} has {Free} MB free and a job needs {Least} MB; no "
            + "jobs are claimed until there is enough space")]
    public static partial void WorkerDiskFull(this ILogger log, string worker, long free, string folder, long least);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "WorkerHasRoom {Worker}: {Folder} has {Free} MB free; jobs are claimed again")]
    public static partial void WorkerHasRoom(this ILogger log, string worker, long free, string folder);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "JobFilledDisk {Job} on {Worker}: {Folder} had {Free} MB free when it failed with "
            + "{Code}; the worker claims no jobs for {Seconds} s")]
    public static partial void JobFilledDisk(
        this ILogger log, long job, string worker, long free, string folder, string code, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "GatewayAway {Gateway}: {Reason}; retrying")]
    public static partial void GatewayAway(this ILogger log, Uri gateway, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "VideoRejected {Job}: the gateway rejected the delivered file, which {Reason}")]
    public static partial void VideoRejected(this ILogger log, long job, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "StoreAway {Job}: {Reason} Retrying")]
    public static partial void StoreAway(this ILogger log, long job, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "UpscaleFailed {Job}: {Model} failed with {Code}: {Reason} ffmpeg makes it larger")]
    public static partial void UpscaleFailed(this ILogger log, long job, string model, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "DraftFailed {Job}: the job continues")]
    public static partial void DraftFailed(this ILogger log, long job);

    [LoggerMessage(Level = LogLevel.Error, Message = "DraftStumbled: retrying")]
    public static partial void DraftStumbled(this ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "DeadlinesMissed {Count}: their start, approval or end was late")]
    public static partial void DeadlinesMissed(this ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "LeasesExpired {Count}: their workers stopped responding")]
    public static partial void LeasesExpired(this ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "ModelExchangeFailed: retrying")]
    public static partial void ModelExchangeFailed(this ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "TraceIncomplete {Job}: its past runs could not be read")]
    public static partial void TraceIncomplete(this ILogger log, long job, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "SweepFailed: retrying")]
    public static partial void SweepFailed(this ILogger log, Exception error);
}
