using Microsoft.Extensions.Logging;

namespace Rushes.Engines;

internal static partial class HealthLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "EngineReady {Part}: it takes jobs")]
    public static partial void EngineReady(this ILogger log, string part);

    [LoggerMessage(Level = LogLevel.Information, Message = "EngineBusy {Part}: {Reason}")]
    public static partial void EngineBusy(this ILogger log, string part, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "EngineNotReady {Part} is {State}: {Reason}")]
    public static partial void EngineNotReady(this ILogger log, string part, string state, string reason);
}
