using System.Runtime.CompilerServices;
using Rushes.Jobs;

namespace Rushes.Engines;

/// <summary>Runs any engine within its limits.</summary>
public static class WatchedRun
{
    /// <summary>
    /// As <see cref="IEngine.RunAsync"/>; a run beyond a limit is stopped and ends with <c>engine_start_timeout</c>,
    /// <c>engine_idle_timeout</c> or <c>engine_total_timeout</c>. The last is not tried again: it would take as long.
    /// </summary>
    public static async IAsyncEnumerable<EngineEvent> WatchAsync(
        this IEngine engine, EngineJob job, string scratch, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancel)
    {
        var limits = engine.LimitsFor(job.Model).Under(job.Limit);
        var started = false;
        using var total = new CancellationTokenSource(limits.Total, clock);
        using var silence = new CancellationTokenSource(limits.Start, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, total.Token, silence.Token);
        await using var events = engine.RunAsync(job, scratch, stop.Token).GetAsyncEnumerator(CancellationToken.None);
        while (await NextAsync() is { } next)
        {
            if (next is not EngineEvent.Stage)
            {
                started = true;
                silence.CancelAfter(limits.Idle);
            }
            yield return next;
            if (next is EngineEvent.Output or EngineEvent.Failed) yield break;
        }

        async ValueTask<EngineEvent?> NextAsync()
        {
            try
            {
                return await events.MoveNextAsync() ? events.Current : null;
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested && stop.IsCancellationRequested)
            {
                return total.IsCancellationRequested
                    ? Late("engine_total_timeout", $"The run took longer than {limits.Total.TotalSeconds:0} seconds and was stopped.", retryable: false)
                    : started
                        ? Late("engine_idle_timeout", $"The engine made no progress for {limits.Idle.TotalSeconds:0} seconds and was stopped.", retryable: true)
                        : Late("engine_start_timeout", $"The engine did not start within {limits.Start.TotalSeconds:0} seconds and was stopped.", retryable: true);
            }
        }
    }

    private static EngineEvent.Failed Late(string code, string message, bool retryable) => new(new JobError(code, message), retryable);
}
