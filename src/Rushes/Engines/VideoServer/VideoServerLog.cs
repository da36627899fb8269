using Microsoft.Extensions.Logging;

namespace Rushes.Engines.VideoServer;

internal static partial class VideoServerLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "VideoServerLostJob {Server}, job {Job}: the server does not know it any more and was probably restarted; "
            + "it is sent again")]
    public static partial void VideoServerLostJob(this ILogger log, Uri server, long job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "VideoServerFailed {Server}, job {Job}: {Reason}")]
    public static partial void VideoServerFailed(this ILogger log, Uri server, long job, string reason);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "VideoServerStopping {Server}, job {Job}: it was cancelled; the server is busy until it has ended it")]
    public static partial void VideoServerStopping(this ILogger log, Uri server, long job);
}
