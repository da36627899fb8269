namespace Rushes.Jobs;

/// <summary>
/// A job that has not ended, as the backlog knows it. Any thread may read it; only the backlog changes it.
/// One that ends leaves the backlog, and says how it ended to those who still hold it.
/// </summary>
public sealed class LiveJob
{
    private LiveRun? run;
    private JobDraft draft = JobDraft.None;
    private LivePreview? preview;
    private LiveStage? stage;
    private TaskCompletionSource? changed;
    private int version;
    private volatile JobState state;

    internal LiveJob(JobChange job, LiveAccount owner, string model, LiveLane lane, VideoFormat? render)
    {
        Id = job.Id;
        Owner = owner;
        Model = model;
        LiveLane = lane;
        Tier = job.Tier;
        Priority = job.Priority;
        Turn = job.Turn;
        Work = job.Work;
        Render = render;
    }

    public long Id { get; }

    public int Account => Owner.Id;

    public string Model { get; }

    public string Lane => LiveLane.Name;

    /// <summary>Changes, with the turn, when an operator moves the job to the front.</summary>
    public int Tier { get; private set; }

    public int Priority { get; }

    /// <inheritdoc cref="Job.Turn"/>
    public long Turn { get; private set; }

    /// <summary>Milliseconds the catalog expects the run to take.</summary>
    public int Work { get; }

    /// <summary>What the engine draws; from which the run time is estimated.</summary>
    public VideoFormat? Render { get; }

    public JobState State => state;

    /// <summary>The present run; null while queued.</summary>
    public LiveRun? Run => Volatile.Read(ref run);

    public JobDraft Draft => Volatile.Read(ref draft);

    /// <summary>Of the present run; null until its engine showed one.</summary>
    public LivePreview? Preview =>
        Run is { } now && Volatile.Read(ref preview) is { } shown && shown.Run == now.StartedAt ? shown : null;

    /// <summary>What the present run's engine is at; null until it said so.</summary>
    public string? Stage =>
        Run is { } now && Volatile.Read(ref stage) is { } told && told.Run == now.StartedAt ? told.Name : null;

    /// <summary>Grows with every change; read it before what you show, and wait from it with <see cref="Changed"/>.</summary>
    public int Version => Volatile.Read(ref version);

    /// <summary>What of its lane goes first, as the backlog counts it; null when it does not wait any more.</summary>
    public Place? Rank() => LiveLane.Rank(this, Owner.Backlog.Full);

    /// <summary>
    /// Ends at the next change after version <paramref name="seen"/>; at once if that was already. All who wait share one
    /// task, which is made for the first of them: a job that nobody watches has none.
    /// </summary>
    public Task Changed(int seen)
    {
        if (Version != seen) return Task.CompletedTask;

        var signal = Volatile.Read(ref changed);
        if (signal is null)
        {
            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            signal = Interlocked.CompareExchange(ref changed, made, null) ?? made;
        }

        // Asked again now that the signal is up: a change in between did not see it.
        Interlocked.MemoryBarrier();
        return Version != seen ? Task.CompletedTask : signal.Task;
    }

    internal LiveLane LiveLane { get; }

    internal LiveAccount Owner { get; }

    internal QueueKey Key => new(Tier, Priority, Turn, Id);

    internal void Place(QueueKey key) => (Tier, Turn) = (key.Tier, key.Turn);

    internal void Apply(JobState next, LiveRun? nextRun, JobDraft? nextDraft)
    {
        if (nextDraft is not null) Volatile.Write(ref draft, nextDraft);
        Volatile.Write(ref run, nextRun);
        if (nextRun is null) Volatile.Write(ref preview, null);
        state = next;
        Tell();
    }

    internal void Show(ReadOnlyMemory<byte> jpeg)
    {
        // Should the run end just now, the picture is of no run that is and is never shown.
        if (Run is not { } now) return;
        Volatile.Write(ref preview, new LivePreview(jpeg, now.StartedAt));
        Tell();
    }

    internal void Enter(string name)
    {
        if (Run is not { } now || Stage == name) return;
        Volatile.Write(ref stage, new LiveStage(name, now.StartedAt));
        Tell();
    }

    private void Tell()
    {
        Interlocked.Increment(ref version);
        Interlocked.Exchange(ref changed, null)?.SetResult();
    }
}

/// <param name="Run">When the run began that it is of.</param>
internal sealed record LiveStage(string Name, DateTimeOffset Run);

/// <summary>A run as its last heartbeat told it.</summary>
public sealed record LiveRun(string Worker, DateTimeOffset StartedAt, Progress Progress, bool StopRequested);
