using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rushes.Engines;

/// <summary>
/// The health of one part of an engine, such as a server or a program, shared by every slot that uses it. It is a circuit
/// breaker: failures in a row stop the jobs, a check after a pause lets one through, and a success lets all through.
/// </summary>
/// <param name="name">The part's name for people, such as a server's address.</param>
/// <param name="check">Checks whether the part works, before the first job and after each pause; null if only a job can show
/// it.</param>
public sealed class EngineHealth(
    string name, TimeProvider clock, Func<CancellationToken, Task<Checkup>>? check = null, HealthOptions? options = null,
    ILogger? log = null)
{
    /// <summary>Consecutive failures after which a part gets no jobs for a while.</summary>
    private const int FaultsUntilSick = 2;

    private readonly HealthOptions options = options ?? new HealthOptions();
    private readonly ILogger log = log ?? NullLogger.Instance;
    private readonly Lock gate = new();
    private readonly HashSet<long> faulted = [];
    private HealthState state = check is null ? new HealthState.Ready() : new HealthState.Away($"{name} was not checked yet");
    private TaskCompletionSource changed = NewSignal();
    private bool checking;
    private long passes;
    private long? trial;
    private DateTimeOffset due = clock.GetUtcNow();
    private int faults;
    private int pauses;
    private long run;

    public string Name => name;

    public HealthState State
    {
        get
        {
            lock (gate) return state;
        }
    }

    /// <summary>Whether <see cref="State"/> is more than a guess.</summary>
    public bool IsChecked { get; private set; } = check is null;

    /// <summary>Completes at the next change of <see cref="State"/>, or when a job may be tried.</summary>
    public Task Changed
    {
        get
        {
            lock (gate) return changed.Task;
        }
    }

    /// <summary>
    /// How often the part was seen to work: a job succeeded, or a check that uses the model or the GPU succeeded after a
    /// single job had failed. If this increases after a job failed here, the failure may be counted as the job's own.
    /// </summary>
    public int Proofs { get; private set; }

    /// <summary>Permission to run a job, to be disposed afterwards; null if it is not available now.</summary>
    public JobPass? TryEnter()
    {
        lock (gate)
        {
            if (!state.TakesJobs || (state is HealthState.Suspect && trial is not null)) return null;
            var pass = new JobPass(this, ++passes, run);
            if (state is HealthState.Suspect) trial = pass.Number;
            return pass;
        }
    }

    /// <summary>The part does not respond: no job is sent until a check succeeds.</summary>
    public void Lose(string reason)
    {
        lock (gate)
        {
            due = clock.GetUtcNow() + options.AwayPause;
            Become(new HealthState.Away(reason));
        }
    }

    /// <summary>The part responded to a call: if it was only unavailable for that, it takes jobs again.</summary>
    public void Answer()
    {
        lock (gate)
        {
            if (state is HealthState.Away && IsChecked && !checking) Recover();
        }
    }

    /// <summary>The part works for another client.</summary>
    public void Occupy(string reason)
    {
        lock (gate)
        {
            if (state is HealthState.Ready) Become(new HealthState.Busy(reason));
        }
    }

    /// <summary>The part no longer works for another client.</summary>
    public void Release()
    {
        lock (gate)
        {
            if (state is HealthState.Busy) Become(new HealthState.Ready());
        }
    }

    /// <summary>The part is known to be broken, regardless of jobs: no job is sent until a check succeeds.</summary>
    public void Break(string reason)
    {
        lock (gate)
        {
            Pause();
            Become(new HealthState.Sick(reason));
        }
    }

    /// <summary>
    /// Waits until jobs may be tried, and checks the part when it is due. It is checked once for any number of waiting slots.
    /// </summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task signal;
            TimeSpan wait;
            lock (gate)
            {
                if (state.TakesJobs) return;
                (signal, wait) = (changed.Task, checking ? Timeout.InfiniteTimeSpan : due - clock.GetUtcNow());
                if (wait != Timeout.InfiniteTimeSpan && wait <= TimeSpan.Zero) (checking, wait) = (true, TimeSpan.Zero);
            }
            if (wait == TimeSpan.Zero) await CheckAsync(cancel);
            else await WaitAsync(signal, wait, cancel);
        }
    }

    internal void Succeed()
    {
        lock (gate)
        {
            Proofs++;
            faulted.Clear();
            (faults, pauses) = (0, 0);
            if (state is HealthState.Suspect) Become(new HealthState.Ready());
        }
    }

    /// <summary>Failures of jobs that ran at the same time count once.</summary>
    internal void Fail(JobPass pass, long job, string reason)
    {
        lock (gate)
        {
            faulted.Add(job);
            if (pass.Run != run) return;
            run++;
            faults++;
            // A part that is unavailable or broken has a reason already.
            if (!state.TakesJobs) return;
            if (faults < FaultsUntilSick)
            {
                Become(new HealthState.Suspect(reason));
                return;
            }
            Pause();
            Become(new HealthState.Sick($"{reason}; it failed {faults} times in a row"));
        }
    }

    internal void Leave(JobPass pass)
    {
        lock (gate)
        {
            if (trial != pass.Number) return;
            trial = null;
            Signal();
        }
    }

    private async Task CheckAsync(CancellationToken cancel)
    {
        try
        {
            var found = check is null ? new Checkup.Works(Proves: false) : await check(cancel);
            lock (gate) Take(found);
        }
        finally
        {
            lock (gate)
            {
                checking = false;
                // Another waiter continues in place of one that was cancelled.
                Signal();
            }
        }
    }

    private void Take(Checkup found)
    {
        IsChecked = true;
        switch (found)
        {
            case Checkup.DoesNotAnswer away:
                due = clock.GetUtcNow() + options.AwayPause;
                Become(new HealthState.Away(away.Reason));
                break;
            case Checkup.Broken broken:
                Pause();
                Become(new HealthState.Sick(broken.Reason));
                break;
            case Checkup.Works works:
                if (works.Proves && faulted.Count == 1) Proofs++;
                Recover();
                break;
        }
    }

    private void Recover() => Become(faults == 0 ? new HealthState.Ready() : new HealthState.Suspect(state.Problem!));

    private async Task WaitAsync(Task signal, TimeSpan wait, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Timers truncate fractions of a millisecond, and would end shortly before it is due.
        var whole = wait == Timeout.InfiniteTimeSpan ? wait : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        await Task.WhenAny(signal, Task.Delay(whole, clock, either.Token));
        await either.CancelAsync();
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>The jitter keeps engines that failed together from being tried together.</summary>
    private void Pause()
    {
        var pause = Math.Min(
            options.MaxPause.TotalSeconds, options.FirstPause.TotalSeconds * Math.Pow(2, Math.Min(30, pauses++)));
        due = clock.GetUtcNow() + TimeSpan.FromSeconds(pause * (0.5 + Random.Shared.NextDouble() / 2));
    }

    private void Become(HealthState next)
    {
        if (state == next) return;
        var before = state;
        state = next;
        Signal();
        if (next is HealthState.Busy busy) log.EngineBusy(name, busy.Reason);
        else if (next is HealthState.Ready) log.EngineReady(name);
        else if (next.Problem != before.Problem || next.GetType() != before.GetType())
            log.EngineNotReady(name, next.Name, next.Problem!);
    }

    private void Signal()
    {
        var signal = changed;
        changed = NewSignal();
        signal.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Permission to run one job on a part of an engine. Its holder reports how the job went, then disposes it.
/// </summary>
public sealed class JobPass : IDisposable
{
    private readonly EngineHealth part;

    internal JobPass(EngineHealth part, long number, long run) => (this.part, Number, Run) = (part, number, run);

    internal long Number { get; }

    /// <summary>The number of failures of the part when this was created.</summary>
    internal long Run { get; }

    public EngineHealth Part => part;

    public void Succeeded() => part.Succeed();

    /// <summary>The part failed, not the job.</summary>
    public void Failed(long job, string reason) => part.Fail(this, job, reason);

    /// <summary>What the run needs; released with the pass.</summary>
    public Reservation? Room { get; internal set; }

    public void Dispose()
    {
        part.Leave(this);
        Room?.Dispose();
    }
}
