using Microsoft.Extensions.Logging;

namespace Rushes.Engines.Process;

internal static partial class EngineLog
{
    [LoggerMessage(Level = LogLevel.Warning,
        Message = "ProgramFailed {Program} for job {Job}, code {Code}. The end of what it printed: {Tail}")]
    public static partial void ProgramFailed(this ILogger log, string program, long job, int code, string tail);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "ServerFailed {Program}, job {Job}: {Reason} The end of what it printed: {Tail}")]
    public static partial void ServerFailed(this ILogger log, string program, long job, string reason, string tail);

    [LoggerMessage(Level = LogLevel.Information, Message = "ServerReady {Program} on GPU {Gpu}, {Address}")]
    public static partial void ServerReady(this ILogger log, string program, string gpu, Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ServerEnded {Program} on GPU {Gpu}, code {Code}; "
        + "the next one starts in {Seconds} s. The end of what it printed: {Tail}")]
    public static partial void ServerEnded(this ILogger log, string program, string gpu, int code, double seconds, string tail);

    [LoggerMessage(Level = LogLevel.Error, Message = "ServerStumbled {Program} on GPU {Gpu}: it is started again")]
    public static partial void ServerStumbled(this ILogger log, Exception error, string program, string gpu);
}
