using Microsoft.Extensions.Logging;

namespace Rushes.Engines.Comfy;

internal static partial class ComfyLog
{
    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "ComfyReady {Server}: ComfyUI {Version} on {Gpu}; it runs {Count} of {Of} workflows and makes {Models}")]
    public static partial void ComfyReady(
        this ILogger log, Uri server, string version, string gpu, int count, int of, string models);

    [LoggerMessage(Level = LogLevel.Information, Message = "ComfyModels {Server}: it now makes {Models}")]
    public static partial void ComfyModels(this ILogger log, Uri server, string models);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ComfyLacks {Server}: {Want}")]
    public static partial void ComfyLacks(this ILogger log, Uri server, string want);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ComfyFlags {Server}: {Advice}")]
    public static partial void ComfyFlags(this ILogger log, Uri server, string advice);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ComfyRestarting {Server}: the restart command runs, because {Reason}")]
    public static partial void ComfyRestarting(this ILogger log, Uri server, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "ComfyRestartFailed {Server}: the restart command {Fault}")]
    public static partial void ComfyRestartFailed(this ILogger log, Uri server, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ComfyAway {Server}: {Reason}")]
    public static partial void ComfyAway(this ILogger log, Uri server, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "ComfyLostPrompt {Server}, job {Job}, prompt {Prompt}: it was restarted or cleared")]
    public static partial void ComfyLostPrompt(this ILogger log, Uri server, long job, string prompt);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "ComfyOutOfMemory {Server}, job {Job}: its models are unloaded and the job runs once more")]
    public static partial void ComfyOutOfMemory(this ILogger log, Uri server, long job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ComfyNodeBroke {Server}, job {Job}: {Node} ({Class}): {Exception}")]
    public static partial void ComfyNodeBroke(
        this ILogger log, Uri server, long job, string node, string @class, string exception);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "ComfyCancelUnconfirmed {Server}, prompt {Prompt}: it is still in the queue and ends at its next step")]
    public static partial void ComfyCancelUnconfirmed(this ILogger log, Uri server, string prompt);
}
