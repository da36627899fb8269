using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Engines;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>One slot: claims a job, runs the engine, delivers the file, and repeats.</summary>
/// <param name="name">The name that holds the leases: <c>node/slot</c>.</param>
/// <param name="scratch">A folder for this slot only.</param>
/// <param name="gpu">The GPU of the engine, unless the engine reports one.</param>
public sealed class Worker(
    string name, IJobSource source, IEngine engine, ModelCatalog catalog, string scratch, WorkOptions options, TimeProvider clock,
    ILogger<Worker> log,
    Gpu? gpu = null)
{
    /// <summary>How often a slot that cannot take jobs reports itself, so that the gateway does not remove it.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(20);

    /// <summary>The first report is repeated this soon, because the reason is known by then.</summary>
    private static readonly TimeSpan SecondReport = TimeSpan.FromSeconds(1);

    private readonly JobRun run = new(source, engine, catalog, clock, log);
    private readonly FreeSpace room = new(name, scratch, options, clock, log);

    /// <summary>
    /// Works until <paramref name="drain"/>; then it finishes its job if there is enough time, or returns it to the queue.
    /// </summary>
    public async Task RunAsync(CancellationToken drain)
    {
        while (!drain.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(room.ReadyAsync(drain), NothingNow, drain);
                if (await ClaimAsync(drain) is not var (lease, pass)) continue;
                using (pass) await RunOneAsync(lease, pass, drain);
            }
            catch (OperationCanceledException) when (drain.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is not Remote.WorkerRejectedException)
            {
                // The database logs its own unavailability, once.
                if (error is not DatabaseAwayException) log.WorkerStumbled(error, name);
                await Task.Delay(options.Heartbeat, clock, drain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Claims a job of the models that the engine can run now; null if the models change or there are none.
    /// </summary>
    private async Task<(Lease Lease, JobPass? Pass)?> ClaimAsync(CancellationToken drain)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(drain);
        // Before the offer is made, so that later changes are noticed.
        var (changed, freed) = (ChangedAsync(end.Token), engine.RoomAsync(end.Token));
        using var passes = Passes.Take(engine);
        var wake = passes.LacksRoom ? Task.WhenAny(changed, freed) : changed;
        try
        {
            var offer = ClaimOffer.Of(name, catalog, engine, passes.Allow, gpu);
            if (offer.Models.Count == 0)
            {
                if (offer.Wants.Count == 0 && !passes.LacksRoom && engine.Parts.All(part => part.State.TakesJobs))
                    log.WorkerServesNothing(name, engine.Name);
                await WaitAsync(wake, passes.LacksRoom ? RunningOffer : NothingNow, drain);
                return null;
            }
            var claim = source.ClaimAsync(offer, end.Token);
            await Task.WhenAny(claim, wake);
            await end.CancelAsync();
            // The claim may have succeeded just before it was cancelled.
            var lease = await claim;
            return (lease, catalog.Find(lease.Job.Model) is { } model && engine.Serves(model) ? passes.Keep(model) : null);
        }
        catch (OperationCanceledException) when (!drain.IsCancellationRequested && end.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(changed, freed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Completes when the engine may be able to run other models. Unhealthy parts are checked meanwhile.</summary>
    private async Task ChangedAsync(CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        List<Task> changes = [engine.ChangedAsync(end.Token)];
        foreach (var part in engine.Parts)
        {
            changes.Add(part.Changed.WaitAsync(end.Token));
            if (!part.State.TakesJobs) changes.Add(part.WaitUntilReadyAsync(end.Token));
        }
        await Task.WhenAny(changes);
        await end.CancelAsync();
        await Task.WhenAll(changes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>What this slot could run besides its current job.</summary>
    private ClaimOffer RunningOffer() => ClaimOffer.Of(
        name, catalog, engine, model => engine.Serves(model) && engine.PartOf(model).State.TakesJobs, gpu);

    /// <summary>An offer without models, and the reason.</summary>
    private ClaimOffer NothingNow()
    {
        var nothing = ClaimOffer.Of(name, catalog, engine, _ => false, gpu);
        return room.Wants is { Count: > 0 } wants ? nothing with { Wants = wants } : nothing;
    }

    /// <summary>Waits for the disk or the engine, and reports meanwhile that this slot takes no jobs.</summary>
    private async Task WaitAsync(Task ready, Func<ClaimOffer> offer, CancellationToken drain)
    {
        for (var pause = SecondReport; !ready.IsCompleted; pause = ReportInterval)
        {
            await source.ReportAsync(offer(), drain);
            await Task.WhenAny(ready, Task.Delay(pause, clock, drain));
            drain.ThrowIfCancellationRequested();
        }
        await ready;
    }

    private async Task RunOneAsync(Lease lease, JobPass? pass, CancellationToken drain)
    {
        var folder = new Folder(scratch).File($"{lease.Job.Id}-{lease.Fence}");
        // Before the span, because heartbeats are not part of the trace.
        await using var keeper = new LeaseKeeper(source, lease, options, clock);
        using var span = JobTrace.Part(lease.Job, "run", ActivityKind.Consumer)?
            .SetTag("rushes.worker", name)
            .SetTag("rushes.fence", lease.Fence);
        log.JobStarted(lease.Job.Id, name, lease.Fence);
        var began = clock.GetTimestamp();
        using var handBack = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        // A gateway that does not respond must not keep a stopped worker running: the lease expires, and the job is retried.
        using var giveUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var patience = drain.Register(() =>
        {
            handBack.CancelAfter(options.Drain);
            giveUp.CancelAfter(options.Drain + options.Return);
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(keeper.Stop, handBack.Token);
        try
        {
            RunResult made;
            await using (new StateReport(engine, () => source.ReportAsync(RunningOffer(), stop.Token)))
                made = await run.MakeAsync(lease, folder, keeper.Report, stop.Token, pass?.Room);
            var outcome = made is RunResult.NoVideo nothing
                ? Judge(lease, nothing, pass) with { Output = RunOutputs.EndOf(nothing.Log) } : null;
            if (outcome is not null) span.Fail(ErrorOf(outcome).Code);
            var kept = made is RunResult.Video video
                ? await DeliverAsync(lease, video.Path, pass, giveUp.Token)
                : await source.EndAsync(lease, outcome!, giveUp.Token);
            if (kept) LogEnd(lease, outcome, clock.GetElapsedTime(began));
            else LogLeaseLost();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (keeper.Answer == LeaseAnswer.Lost)
            {
                LogLeaseLost();
                return;
            }
            span?.SetTag("rushes.ended", keeper.Answer == LeaseAnswer.Stop ? "stopped" : "returned");
            await source.EndAsync(
                lease, keeper.Answer == LeaseAnswer.Stop ? new RunOutcome.Stopped() : new RunOutcome.Returned(),
                giveUp.Token);
        }
        catch (IOException) when (room.IsShort)
        {
            // The video is made, but the store is on this disk too: not the job's fault.
            span.Fail("disk_full");
            await source.EndAsync(lease, new RunOutcome.Returned(), giveUp.Token);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }

        void LogLeaseLost()
        {
            log.LeaseLost(lease.Job.Id, name, lease.Fence);
            span.Fail("lease_lost");
        }
    }

    /// <summary>The outcome of a run without a video, for the job and for the engine's health.</summary>
    private RunOutcome Judge(Lease lease, RunResult.NoVideo made, JobPass? pass)
    {
        // The job filled the disk: this counts as an attempt, so that the job ends if no worker's disk is large enough.
        if (room.Reason(lease.Job.Id, made.Error) is { } full) return new RunOutcome.Failed(full, Retryable: true);
        if (made.Blame == Blame.Job) return new RunOutcome.Failed(made.Error, Retryable: false);
        if (made.NeverStarted) return new RunOutcome.EngineFault(made.Error) { NeverStarted = true };
        pass?.Failed(lease.Job.Id, $"{pass.Part.Name} failed: {made.Error.Message.TrimEnd('.')}{made.Printed}");
        return new RunOutcome.EngineFault(made.Error);
    }

    private void LogEnd(Lease lease, RunOutcome? outcome, TimeSpan took)
    {
        if (outcome is null) log.JobCompleted(lease.Job.Id, name, engine.Name, took.TotalSeconds);
        else if (ErrorOf(outcome) is var error)
            log.JobRunFailed(
                lease.Job.Id, name, engine.Name, took.TotalSeconds, outcome is RunOutcome.EngineFault ? "engine" : "job",
                error.Code, error.Message);
    }

    private static JobError ErrorOf(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Failed failed => failed.Error,
        RunOutcome.EngineFault fault => fault.Error,
        _ => throw new InvalidOperationException("only failures have a reason"),
    };

    /// <summary>The engine works if its video was accepted; a rejected one is a failure like any other.</summary>
    private async Task<bool> DeliverAsync(Lease lease, string path, JobPass? pass, CancellationToken cancel)
    {
        using var span = JobTrace.Step("store");
        var delivered = await source.DeliverAsync(lease, path, cancel);
        if (delivered is Delivered.Rejected rejected)
        {
            pass?.Failed(lease.Job.Id, $"{pass.Part.Name} made a file that {rejected.Reason}");
            span.Fail("bad_video");
        }
        else
        {
            pass?.Succeeded();
        }
        return delivered is Delivered.Kept;
    }
}
