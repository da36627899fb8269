using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Claims the jobs of this process, directly from the database and the file store.</summary>
public sealed class LocalJobSource(
    IJobStore jobStore, ILeaseStore leases, IJobLists lists, Doorbell doorbell, IFileStore files, WorkOptions options,
    TimeProvider clock, ConcurrencyLimits? limits = null, WarmStarts? warm = null,
    Drains? drains = null, EngineFaults? faults = null) : IJobSource
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);

    /// <summary>How long to retry storing a finished video while the file store or the database is unavailable.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private ILogger log = NullLogger.Instance;

    public void LogTo(ILogger<LocalJobSource> logger) => log = logger;

    /// <summary>Raised for every slot that claims a job or reports that it cannot take one. Handlers must be fast.</summary>
    public event Action<ClaimOffer>? OfferReceived;

    /// <summary>Raised with previews from the worker that holds the job's lease. Handlers must be fast.</summary>
    public event Action<long, ReadOnlyMemory<byte>>? PreviewReceived;

    /// <summary>
    /// Raised with the current step of the engine, from the worker that holds the job's lease. Handlers must be fast.
    /// </summary>
    public event Action<long, string>? StageReceived;

    /// <summary>Raised with the end of what an engine printed in a run that failed. Handlers must be fast.</summary>
    public event Action<long, string>? OutputReceived;

    public async Task<Lease> ClaimAsync(ClaimOffer offer, CancellationToken cancel)
    {
        OfferReceived?.Invoke(offer);
        // The wake-up that only this worker got, until its job is claimed.
        QueuedJob? call = null;
        try
        {
            while (true)
            {
                if (drains?.Resumed(offer.Worker) is { } resumed)
                {
                    PassOn(ref call);
                    await resumed.WaitAsync(cancel);
                }
                // The ticket is taken before the claim, so that a job queued in between wakes this loop.
                using var ticket = doorbell.Take(offer.Lanes, offer.EveryModel ? null : offer.Models);
                var avoided = faults?.AvoidedBy(offer) ?? Avoided.None;
                if (await TakeAsync(offer, avoided, cancel) is { } lease)
                {
                    if (call?.IsFor(lease.Job) == true) call = null;
                    if (JobTrace.IsTraced(lease.Job)) await TraceWaitAsync(lease.Job);
                    return lease;
                }
                if (call is not null && avoided.Elsewhere.Count > 0) ticket.RingOthers();
                if (call is { } missed) ticket.Miss(missed);
                call = null;
                await WaitAsync(ticket.Wait(), avoided.Until, cancel);
                call = ticket.TakeCall();
            }
        }
        finally
        {
            PassOn(ref call);
        }
    }

    private void PassOn(ref QueuedJob? call)
    {
        if (call is { } left) doorbell.Ring(left);
        call = null;
    }

    /// <summary>
    /// Claims jobs that failed on this worker's engine last, those of their accounts before that, and none that another worker
    /// should run first.
    /// </summary>
    private async Task<Lease?> TakeAsync(ClaimOffer offer, Avoided avoided, CancellationToken cancel)
    {
        var request = new ClaimRequest(offer.Worker, offer.Lanes, Until())
        {
            Models = offer.EveryModel ? null : offer.Models, MaxRunning = limits?.Of, Warm = warm?.For(offer),
            Except = avoided.IfOthersWait,
        };
        if (avoided.Accounts.Count > 0
            && await leases.ClaimAsync(request with { ExceptAccounts = avoided.Accounts }, cancel) is { } others)
            return others;
        var lease = await leases.ClaimAsync(request with { Until = Until() }, cancel);
        return lease is null && avoided.IfOthersWait.Count > avoided.Elsewhere.Count
            ? await leases.ClaimAsync(request with { Until = Until(), Except = avoided.Elsewhere }, cancel)
            : lease;
    }

    private async Task WaitAsync(Task rung, DateTimeOffset? until, CancellationToken cancel)
    {
        if (until is null)
        {
            await rung.WaitAsync(cancel);
            return;
        }
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Timers truncate fractions of a millisecond, and would end shortly before it is due.
        var pause = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((until.Value - clock.GetUtcNow()).TotalMilliseconds)));
        await Task.WhenAny(rung, Task.Delay(pause, clock, end.Token));
        await end.CancelAsync();
        cancel.ThrowIfCancellationRequested();
    }

    public Task ReportAsync(ClaimOffer offer, CancellationToken cancel)
    {
        OfferReceived?.Invoke(offer);
        return Task.CompletedTask;
    }

    public Task<LeaseAnswer> RenewAsync(
        Lease lease, Progress progress, ReadOnlyMemory<byte>? preview, CancellationToken cancel) =>
        RenewAsync(lease.Job.Id, lease.Fence, progress, preview, cancel);

    public async Task<LeaseAnswer> RenewAsync(
        long job, long fence, Progress progress, ReadOnlyMemory<byte>? preview, CancellationToken cancel)
    {
        var answer = await leases.RenewAsync(job, fence, Until(), progress, cancel);
        if (answer == LeaseAnswer.Held && progress.Stage is { } stage) StageReceived?.Invoke(job, stage);
        if (answer == LeaseAnswer.Held && preview is { } jpeg) PreviewReceived?.Invoke(job, jpeg);
        return answer;
    }

    public Task<bool> FetchAsync(Lease lease, FileUri input, string path, CancellationToken cancel) =>
        PersistAsync(lease, () => files.FetchAsync(input.Key, path, cancel), cancel);

    public async Task<Delivered> DeliverAsync(Lease lease, string path, CancellationToken cancel)
    {
        var key = OutputKey.Of(lease.Job.Account, lease.Job.Id, lease.Fence, lease.Job.Model);
        var stored = await PersistAsync(lease, () => files.PutAsync(key, path, "video/mp4", cancel), cancel);
        if (await PersistAsync(lease, () => CompleteAsync(lease, new RunOutcome.Done(key, stored.Bytes), cancel), cancel))
            return new Delivered.Kept();
        await files.DeleteAsync(key, cancel);
        return new Delivered.Lost();
    }

    /// <summary>May be called twice, because the first response may have been lost.</summary>
    private async Task<bool> CompleteAsync(Lease lease, RunOutcome.Done done, CancellationToken cancel) =>
        await leases.FinishAsync(lease.Job.Id, lease.Fence, done, cancel)
        || await jobStore.FindAsync(lease.Job.Id, cancel) is { State: JobState.Completed } job && job.ResultKey == done.ResultKey;

    public Task<bool> EndAsync(Lease lease, RunOutcome outcome, CancellationToken cancel) =>
        PersistAsync(lease, () => EndAsync(lease.Job.Id, lease.Fence, outcome, cancel), cancel);

    public async Task<bool> EndAsync(long id, long fence, RunOutcome outcome, CancellationToken cancel)
    {
        var output = outcome.Output;
        if (outcome is RunOutcome.EngineFault { NeverStarted: false } fault) outcome = await JudgeAsync(id, fence, fault, cancel);
        if (!await leases.FinishAsync(id, fence, outcome, cancel)) return false;
        if (output is not null) OutputReceived?.Invoke(id, output);
        return true;
    }

    /// <summary>An engine fault does not count as an attempt, unless an earlier one was the job's own.</summary>
    private async Task<RunOutcome> JudgeAsync(long id, long fence, RunOutcome.EngineFault fault, CancellationToken cancel)
    {
        if (await jobStore.FindAsync(id, cancel) is not { State: JobState.Running, Worker: not null } job || job.Fence != fence)
            return fault;
        return faults?.Add(job.Id, fence, job.Account, job.Model, job.Worker) switch
        {
            FaultVerdict.Attempt => new RunOutcome.Failed(fault.Error, Retryable: true),
            FaultVerdict.TooMany => new RunOutcome.Failed(fault.Error, Retryable: false),
            _ => fault,
        };
    }

    private async Task<T> PersistAsync<T>(Lease lease, Func<Task<T>> action, CancellationToken cancel)
    {
        var backoff = new Backoff(FirstPause, MaxPause, clock);
        while (true)
        {
            try
            {
                return await action();
            }
            catch (Exception error)
                when (error is StoreUnavailableException or DatabaseAwayException && backoff.Failing < Patience)
            {
                // The database logs its own unavailability.
                if (error is StoreUnavailableException && !backoff.IsFailing) log.StoreAway(lease.Job.Id, error.Message);
                await backoff.WaitAsync(cancel);
            }
        }
    }

    /// <summary>The wait is recorded as a span once it is over.</summary>
    private async Task TraceWaitAsync(Job job)
    {
        var since = job.CreatedAt;
        try
        {
            if (job.Fence > 1 && await lists.ReadPastRunsAsync(job.Id, CancellationToken.None) is [.., var last])
                since = last.EndedAt;
        }
        catch (Exception error)
        {
            // An error here must not lose the lease.
            if (error is not DatabaseAwayException) log.TraceIncomplete(job.Id, error);
        }
        using var span = JobTrace.Part(job, "queue", began: since)?
            .SetTag("rushes.lane", job.Lane)
            .SetTag("rushes.tier", job.Tier)
            .SetTag("rushes.fence", job.Fence);
        span?.SetEndTime(job.StartedAt!.Value.UtcDateTime);
    }

    private DateTimeOffset Until() => clock.GetUtcNow() + options.Lease;
}
