using Rushes.Engines;

namespace Rushes.Work;

/// <summary>Reports an engine's health while a job runs on it, whenever a part of it changes.</summary>
internal sealed class StateReport : IAsyncDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly Task reporting;

    /// <param name="report">Sends the state; what it throws ends the reports.</param>
    public StateReport(IEngine engine, Func<Task> report) => reporting = ReportAsync(engine, report);

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.Dispose();
    }

    private async Task ReportAsync(IEngine engine, Func<Task> report)
    {
        var states = StatesOf(engine);
        while (true)
        {
            // Before the look, so that a change in between ends the wait.
            var changed = Task.WhenAny(engine.Parts.Select(part => part.Changed));
            var now = StatesOf(engine);
            if (!now.SequenceEqual(states))
            {
                states = now;
                await report();
            }
            await changed.WaitAsync(end.Token);
        }
    }

    private static List<HealthState> StatesOf(IEngine engine) => [.. engine.Parts.Select(part => part.State)];
}
