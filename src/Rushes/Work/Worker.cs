using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Engines;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>One slot: takes a job, has the engine make it, delivers the file, takes the next.</summary>
/// <param name="name">Who holds the leases: <c>node/slot</c>.</param>
/// <param name="scratch">A folder of this slot alone.</param>
/// <param name="gpu">What the engine draws on, unless it knows better.</param>
public sealed class Worker(
    string name, IJobSource source, IEngine engine, ModelCatalog catalog, string scratch, WorkOptions options, TimeProvider clock, ILogger<Worker> log,
    Gpu? gpu = null)
{
    /// <summary>A slot that cannot take jobs says so this often; gateways forget those they do not hear of.</summary>
    private static readonly TimeSpan StillHere = TimeSpan.FromSeconds(20);

    /// <summary>And a first time again so soon: then it is known why.</summary>
    private static readonly TimeSpan SecondWord = TimeSpan.FromSeconds(1);

    private readonly JobRun run = new(source, engine, catalog, clock, log);
    private readonly ScratchRoom room = new(name, scratch, options, clock, log);

    /// <summary>Works until <paramref name="drain"/>; then finishes its job if it can do so in time, else hands it back.</summary>
    public async Task RunAsync(CancellationToken drain)
    {
        while (!drain.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(room.ReadyAsync(drain), () => room.Wants, drain);
                await WaitAsync(engine.ReadyAsync(drain), () => engine.Wants, drain);
                if (await ClaimAsync(drain) is not { } lease) continue;
                await RunOneAsync(lease, drain);
            }
            catch (OperationCanceledException) when (drain.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is not Remote.WorkerRefusedException)
            {
                // That the database is away it says itself, once.
                if (error is not DatabaseAwayException) log.WorkerStumbled(error, name);
                await Task.Delay(options.Heartbeat, clock, drain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Asks for a job of those that the engine can make now; null when it can make others now, or none.</summary>
    private async Task<Lease?> ClaimAsync(CancellationToken drain)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(drain);
        // Before the offer is made: what changes after it ends this.
        var changed = engine.ChangedAsync(end.Token);
        try
        {
            var offer = ClaimOffer.Of(name, catalog, engine, gpu);
            if (offer.Models.Count == 0)
            {
                log.WorkerServesNothing(name, engine.Name);
                await WaitAsync(changed, () => engine.Wants, drain);
                return null;
            }
            var claim = source.ClaimAsync(offer, end.Token);
            await Task.WhenAny(claim, changed);
            await end.CancelAsync();
            // It may have come just before: then it is ours.
            return await claim;
        }
        catch (OperationCanceledException) when (!drain.IsCancellationRequested && end.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await end.CancelAsync();
            await changed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for the disk or the engine, and says meanwhile that this slot takes nothing.</summary>
    private async Task WaitAsync(Task ready, Func<IReadOnlyList<string>> wants, CancellationToken drain)
    {
        for (var pause = SecondWord; !ready.IsCompleted; pause = StillHere)
        {
            await source.TellAsync(new ClaimOffer(name, [], []) { Engine = engine.Name, Gpu = engine.Gpu ?? gpu, Wants = wants() }, drain);
            await Task.WhenAny(ready, Task.Delay(pause, clock, drain));
            drain.ThrowIfCancellationRequested();
        }
        await ready;
    }

    private async Task RunOneAsync(Lease lease, CancellationToken drain)
    {
        var folder = new Folder(scratch).File($"{lease.Job.Id}-{lease.Fence}");
        // Before the span: heartbeats are no part of the trace.
        await using var keeper = new LeaseKeeper(source, lease, options, clock);
        using var span = JobTrace.Part(lease.Job, "run", ActivityKind.Consumer)?.SetTag("rushes.worker", name).SetTag("rushes.fence", lease.Fence);
        log.JobStarted(lease.Job.Id, name, lease.Fence);
        using var handBack = new CancellationTokenSource();
        await using var patience = drain.Register(() => handBack.CancelAfter(options.Drain));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(keeper.Stop, handBack.Token);
        try
        {
            var made = await run.MakeAsync(lease, folder, keeper.Hear, stop.Token);
            if (made is Made.Nothing said) made = new Made.Nothing(room.Reason(lease.Job.Id, said.Why));
            if (made is Made.Nothing { Why.Error.Code: var code }) span.Fail(code);
            var kept = made switch
            {
                Made.Video video => await DeliverAsync(lease, video.Path),
                Made.Nothing nothing => await source.EndAsync(lease, nothing.Why, CancellationToken.None),
                _ => throw new InvalidOperationException("a run makes a video or nothing"),
            };
            if (kept) log.JobEnded(lease.Job.Id, name);
            else Lose();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (keeper.Answer == LeaseAnswer.Lost)
            {
                Lose();
                return;
            }
            span?.SetTag("rushes.ended", keeper.Answer == LeaseAnswer.Stop ? "stopped" : "returned");
            await source.EndAsync(lease, keeper.Answer == LeaseAnswer.Stop ? new RunOutcome.Stopped() : new RunOutcome.Returned(), CancellationToken.None);
        }
        catch (IOException) when (room.IsShort)
        {
            // The video is made and has no place in a store that lies on this disk too: no fault of the job's.
            span.Fail("disk_full");
            await source.EndAsync(lease, new RunOutcome.Returned(), CancellationToken.None);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }

        void Lose()
        {
            log.LeaseLost(lease.Job.Id, name, lease.Fence);
            span.Fail("lease_lost");
        }
    }

    private async Task<bool> DeliverAsync(Lease lease, string path)
    {
        using var span = JobTrace.Step("store");
        return await source.DeliverAsync(lease, path, CancellationToken.None);
    }
}
