using Rushes.Database;

namespace Rushes.Server.Auth;

/// <summary>Writes down once a minute which keys were used, so that no request waits for it.</summary>
internal sealed partial class KeyUse(
    KeyRing keys, IKeyStore keyStore, TimeProvider clock, ILogger<KeyUse> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The last of it is written when the host stops.
        }
    }

    private async Task WriteAsync(CancellationToken cancel)
    {
        try
        {
            if (keys.TakeUsed() is { Count: > 0 } used) await keyStore.RecordKeyUseAsync(used, cancel);
        }
        catch (DatabaseAwayException)
        {
            // Which it says itself; keys in use are written down the next time.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            NotWritten(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "KeyUseNotWritten")]
    private partial void NotWritten(Exception error);
}
