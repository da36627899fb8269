using Rushes.Engines;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Renews a lease while its job runs, and cancels the run when it must stop.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource done = new();
    private readonly Task beating;
    private long progress;
    private EngineEvent.Preview? preview;
    private string? stage;

    public LeaseKeeper(IJobSource source, Lease lease, WorkOptions options, TimeProvider clock) =>
        beating = BeatAsync(source, lease, options, clock);

    /// <summary>Cancelled when the run must stop; <see cref="Answer"/> has the reason.</summary>
    public CancellationToken Stop => stop.Token;

    public LeaseAnswer Answer { get; private set; } = LeaseAnswer.Held;

    /// <summary>Stores what to send with the next heartbeat: the latest of each kind.</summary>
    public void Report(EngineEvent latest)
    {
        if (latest is EngineEvent.Tasks tasks) Interlocked.Exchange(ref progress, ((long)tasks.Total << 32) | (uint)tasks.Done);
        else if (latest is EngineEvent.Stage begun) Volatile.Write(ref stage, begun.Name);
        else if (latest is EngineEvent.Preview shown && LivePreview.MayBe(shown.Jpeg.Span)) Volatile.Write(ref preview, shown);
    }

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync();
        await beating;
        stop.Dispose();
        done.Dispose();
    }

    private async Task BeatAsync(IJobSource source, Lease lease, WorkOptions options, TimeProvider clock)
    {
        var sent = (Tasks: 0L, Stage: (string?)null);
        var last = clock.GetTimestamp();
        var failing = false;
        // Measured from the lease, because a remote gateway may have another setting.
        var length = lease.Until - clock.GetUtcNow() is { Ticks: > 0 } left ? left : options.Lease;
        while (!done.IsCancellationRequested)
        {
            await Task.Delay(options.Heartbeat, clock, done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = (Tasks: Interlocked.Read(ref progress), Stage: Volatile.Read(ref stage));
            var silence = clock.GetElapsedTime(last);
            var nothingNew = now == sent && Volatile.Read(ref preview) is null;
            if (done.IsCancellationRequested || (nothingNew && !failing && silence < length / 3)) continue;

            // A network that drops packets never responds; the next heartbeat tries again.
            using var patience = new CancellationTokenSource(length / 3, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(done.Token, patience.Token);
            var shown = Interlocked.Exchange(ref preview, null);
            try
            {
                Answer = await source.RenewAsync(
                    lease, new Progress((int)(uint)now.Tasks, (int)(now.Tasks >> 32), now.Stage), shown?.Jpeg, either.Token);
                (sent, last, failing) = (now, clock.GetTimestamp(), false);
            }
            catch (OperationCanceledException) when (done.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // The gateway or its database is unavailable. It decides later whether the lease was lost; this slot could
                // not run anything else meanwhile.
                failing = true;
                // The preview is sent again, unless there is a newer one.
                Interlocked.CompareExchange(ref preview, shown, null);
                continue;
            }

            if (Answer == LeaseAnswer.Held) continue;
            await stop.CancelAsync();
            return;
        }
    }
}
