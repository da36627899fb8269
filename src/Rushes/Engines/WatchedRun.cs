using System.Runtime.CompilerServices;
using Rushes.Jobs;

namespace Rushes.Engines;

/// <summary>Runs any engine within its time limits.</summary>
public static class WatchedRun
{
    /// <summary>
    /// Like <see cref="IEngine.RunAsync"/>; a run beyond a limit is stopped and ends with <c>engine_start_timeout</c>,
    /// <c>engine_idle_timeout</c> or <c>engine_total_timeout</c>. The last one is not retried, because it would take as long
    /// again.
    /// </summary>
    public static async IAsyncEnumerable<EngineEvent> WatchAsync(
        this IEngine engine, EngineJob job, string scratch, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancel)
    {
        var limits = engine.LimitsFor(job.Model).Under(job.Limit);
        var started = false;
        var waiting = false;
        using var total = new CancellationTokenSource(limits.Total, clock);
        using var silence = new CancellationTokenSource(limits.Start, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, total.Token, silence.Token);
        await using var events = engine.RunAsync(job, scratch, stop.Token).GetAsyncEnumerator(CancellationToken.None);
        while (await NextAsync() is { } next)
        {
            Count(next);
            yield return next;
            if (next is EngineEvent.Output or EngineEvent.Failed) yield break;
        }

        void Count(EngineEvent next)
        {
            if (next is EngineEvent.Waiting)
            {
                waiting = true;
                total.CancelAfter(Timeout.InfiniteTimeSpan);
                silence.CancelAfter(Timeout.InfiniteTimeSpan);
                return;
            }
            started |= next is not EngineEvent.Stage;
            if (started) silence.CancelAfter(limits.Idle);
            if (!waiting) return;
            waiting = false;
            total.CancelAfter(limits.Total);
            if (!started) silence.CancelAfter(limits.Start);
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
                    ? Late(
                        "engine_total_timeout",
                        $"The run took longer than {limits.Total.TotalSeconds:0} seconds and was stopped.", Blame.Job)
                    : started
                        ? Late(
                            "engine_idle_timeout",
                            $"The engine made no progress for {limits.Idle.TotalSeconds:0} seconds and was stopped.",
                            Blame.Engine)
                        : Late(
                            "engine_start_timeout",
                            $"The engine did not start within {limits.Start.TotalSeconds:0} seconds and was stopped.",
                            Blame.Engine);
            }
        }
    }

    private static EngineEvent.Failed Late(string code, string message, Blame blame) => new(new JobError(code, message), blame);
}
