using Rushes.Engines;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Keeps one lease alive while its job runs, and says so when it must stop.</summary>
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

    /// <summary>Cancelled when the run must stop; <see cref="Answer"/> says why.</summary>
    public CancellationToken Stop => stop.Token;

    public LeaseAnswer Answer { get; private set; } = LeaseAnswer.Held;

    /// <summary>Takes in what is to go along with the next heartbeat: of each kind the newest.</summary>
    public void Hear(EngineEvent told)
    {
        if (told is EngineEvent.Tasks tasks) Interlocked.Exchange(ref progress, ((long)tasks.Total << 32) | (uint)tasks.Done);
        else if (told is EngineEvent.Stage begun) Volatile.Write(ref stage, begun.Name);
        else if (told is EngineEvent.Preview shown && LivePreview.MayBe(shown.Jpeg.Span)) Volatile.Write(ref preview, shown);
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
        var told = (Tasks: 0L, Stage: (string?)null);
        var last = clock.GetTimestamp();
        var failing = false;
        // As whoever gave the lease counts it, which may be elsewhere and set otherwise than here.
        var length = lease.Until - clock.GetUtcNow() is { Ticks: > 0 } left ? left : options.Lease;
        while (!done.IsCancellationRequested)
        {
            await Task.Delay(options.Heartbeat, clock, done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = (Tasks: Interlocked.Read(ref progress), Stage: Volatile.Read(ref stage));
            var silence = clock.GetElapsedTime(last);
            if (done.IsCancellationRequested || (now == told && Volatile.Read(ref preview) is null && !failing && silence < length / 3)) continue;

            // A network that swallows everything answers nothing either: then the next one tries anew.
            using var patience = new CancellationTokenSource(length / 3, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(done.Token, patience.Token);
            try
            {
                // One that could not be told is not told later: the next one is on its way.
                var shown = Interlocked.Exchange(ref preview, null);
                Answer = await source.RenewAsync(
                    lease, new Progress((int)(uint)now.Tasks, (int)(now.Tasks >> 32), now.Stage), shown?.Jpeg, either.Token);
                (told, last, failing) = (now, clock.GetTimestamp(), false);
            }
            catch (OperationCanceledException) when (done.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // The gateway or its database is away. Whether the lease outlasted that is for them to say when they are back:
                // this slot could take nothing else meanwhile.
                failing = true;
                continue;
            }

            if (Answer == LeaseAnswer.Held) continue;
            await stop.CancelAsync();
            return;
        }
    }
}
