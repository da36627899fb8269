namespace Rushes.Tests.Faults.Run;

/// <summary>A gateway or a worker that is restarted whenever it ends, as by a supervisor.</summary>
/// <param name="launch">The same command line each time.</param>
/// <param name="ready">What it prints when it is up.</param>
internal sealed class Node(string name, Func<GatewayProcess> launch, string ready) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly List<GatewayProcess> lives = [];

    public string Name => name;

    /// <summary>The number of failed starts, for example while the database was unavailable.</summary>
    public int FailedStarts { get; private set; }

    /// <summary>The output of all its processes.</summary>
    public IEnumerable<string> Output => lives.SelectMany(life => life.Output);

    private GatewayProcess Process => lives[^1];

    /// <summary>Returns when it is ready; retries the start as often as needed.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        while (true)
        {
            lives.Add(launch());
            var up = Process.WaitForAsync(ready, cancel);
            if (await Task.WhenAny(up, Process.ExitAsync(cancel)) == up && await up is not null) return;
            cancel.ThrowIfCancellationRequested();
            FailedStarts++;
            await Task.Delay(Pause, cancel);
        }
    }

    public Task KillAsync() => Process.KillAsync();

    public Task StopAsync(CancellationToken cancel) => Process.StopAsync(cancel);

    public Task FreezeAsync() => Process.SignalAsync("STOP");

    public Task ThawAsync() => Process.SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        foreach (var life in lives) await life.DisposeAsync();
    }
}
