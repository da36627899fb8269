using Rushes.Database;

namespace Rushes.Server.Auth;

/// <summary>Stores once a minute which keys were used, so that requests do not have to.</summary>
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
            // The last minute is stored when the host stops.
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
            // The database logs its own unavailability; the use is stored in the next minute.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            NotWritten(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "KeyUseNotWritten")]
    private partial void NotWritten(Exception error);
}
