using Rushes.Server.Settings;

namespace Rushes.Server;

/// <summary>Logs security warnings about the installation at start.</summary>
internal sealed partial class SafeStart
{
    public static void Log(ILogger<SafeStart> log, DataFolder data, string? key)
    {
        if (data.Narrowed is { Count: > 0 and var count }) Narrowed(log, data.Path, count);
        if (data.Narrowed.Failure is { } failure) NotNarrowed(log, data.Path, failure);
        if (key is not null && KeyStrength.IsWeak(key)) WeakKey(log);
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "DataNarrowed {Path}: other users of this machine could read {Count} files and "
            + "folders in it; now only their owner can.")]
    private static partial void Narrowed(ILogger log, string path, int count);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "DataNotNarrowed {Path}: other users of this machine may read what is in it. "
            + "{Reason}")]
    private static partial void NotNarrowed(ILogger log, string path, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "WeakApiKey: the key that was set is short or has few different characters; a random "
            + "one is safer, such as from: openssl rand -base64 32")]
    private static partial void WeakKey(ILogger log);
}
