using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Keeps one lease alive while its job runs, and says so when it must stop.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource done = new();
    private readonly Task beating;
    private long progress;

    public LeaseKeeper(IJobSource source, Lease lease, WorkOptions options, TimeProvider clock) =>
        beating = BeatAsync(source, lease, options, clock);

    /// <summary>Cancelled when the run must stop; <see cref="Answer"/> says why.</summary>
    public CancellationToken Stop => stop.Token;

    public LeaseAnswer Answer { get; private set; } = LeaseAnswer.Held;

    public void Report(Progress now) => Interlocked.Exchange(ref progress, ((long)now.Total << 32) | (uint)now.Done);

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync();
        await beating;
        stop.Dispose();
        done.Dispose();
    }

    private async Task BeatAsync(IJobSource source, Lease lease, WorkOptions options, TimeProvider clock)
    {
        var told = 0L;
        var last = clock.GetTimestamp();
        var failing = false;
        while (!done.IsCancellationRequested)
        {
            await Task.Delay(options.Heartbeat, clock, done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var now = Interlocked.Read(ref progress);
            var silence = clock.GetElapsedTime(last);
            if (done.IsCancellationRequested || (now == told && !failing && silence < options.Lease / 3)) continue;

            try
            {
                Answer = await source.RenewAsync(lease, new Progress((int)(uint)now, (int)(now >> 32)), done.Token);
                (told, last, failing) = (now, clock.GetTimestamp(), false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception) when (silence < options.Lease)
            {
                // The gateway or its database is away: keep running and ask again until the lease must have run out.
                failing = true;
                continue;
            }
            catch (Exception)
            {
                Answer = LeaseAnswer.Lost;
            }

            if (Answer == LeaseAnswer.Held) continue;
            await stop.CancelAsync();
            return;
        }
    }
}
