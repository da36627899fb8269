namespace Rushes.Jobs;

/// <summary>
/// An unfinished job in the backlog. Any thread may read it; only the backlog changes it. When it ends it is removed from the
/// backlog, and its final state remains readable.
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

    /// <summary>Expected run time according to the catalog, in milliseconds.</summary>
    public int Work { get; }

    /// <summary>The format that the engine renders, for estimates.</summary>
    public VideoFormat? Render { get; }

    public JobState State => state;

    /// <summary>The current run; null while queued.</summary>
    public LiveRun? Run => Volatile.Read(ref run);

    public JobDraft Draft => Volatile.Read(ref draft);

    /// <summary>The preview of the current run; null if there is none yet.</summary>
    public LivePreview? Preview =>
        Run is { } now && Volatile.Read(ref preview) is { } shown && shown.Run == now.StartedAt ? shown : null;

    /// <summary>The current step of the engine; null if it has reported none.</summary>
    public string? Stage =>
        Run is { } now && Volatile.Read(ref stage) is { } reported && reported.Run == now.StartedAt ? reported.Name : null;

    /// <summary>
    /// Increases with every change. Read it before the values that you show, then wait with <see cref="Changed"/>.
    /// </summary>
    public int Version => Volatile.Read(ref version);

    /// <summary>The jobs of its lane before it; null if it is not queued.</summary>
    public Place? Rank() => LiveLane.Rank(this, Owner.Backlog.Full);

    /// <summary>
    /// Completes at the next change after version <paramref name="seen"/>, at once if it has already happened. All waiters
    /// share one task, which is created for the first of them.
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

        // Compare again, because a change before the signal was set did not complete it.
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
        NotifyWatchers();
    }

    internal void SetPreview(ReadOnlyMemory<byte> jpeg)
    {
        // If the run ends now, the preview belongs to no current run and is not shown.
        if (Run is not { } now) return;
        Volatile.Write(ref preview, new LivePreview(jpeg, now.StartedAt));
        NotifyWatchers();
    }

    internal void SetStage(string name)
    {
        if (Run is not { } now || Stage == name) return;
        Volatile.Write(ref stage, new LiveStage(name, now.StartedAt));
        NotifyWatchers();
    }

    private void NotifyWatchers()
    {
        Interlocked.Increment(ref version);
        Interlocked.Exchange(ref changed, null)?.SetResult();
    }
}

/// <param name="Run">The start of its run.</param>
internal sealed record LiveStage(string Name, DateTimeOffset Run);

/// <summary>A run, as of its last heartbeat.</summary>
public sealed record LiveRun(string Worker, DateTimeOffset StartedAt, Progress Progress, bool StopRequested)
{
    public Pace Pace { get; private init; }

    /// <param name="before">The run of the job before this change; null if there was none.</param>
    public static LiveRun Of(JobChange change, LiveRun? before)
    {
        var pace = before?.StartedAt == change.StartedAt ? before.Pace : default;
        return new LiveRun(change.Worker ?? "", change.StartedAt, change.Progress, change.StopRequested)
        {
            // The time of the progress of a job that was loaded at startup is unknown.
            Pace = change.At > change.StartedAt ? pace.With(change.Progress, change.At) : pace,
        };
    }
}

/// <summary>The latest preview of an unfinished video. It is kept only in memory, until the run ends.</summary>
/// <param name="Jpeg">At most <see cref="MaxBytes"/>.</param>
/// <param name="Run">The start of its run.</param>
public sealed record LivePreview(ReadOnlyMemory<byte> Jpeg, DateTimeOffset Run)
{
    /// <summary>Larger ones are dropped, because every run sends about one per second.</summary>
    public const int MaxBytes = 256 << 10;

    /// <summary>Whether bytes from a worker may be shown: a JPEG that is not too large.</summary>
    public static bool MayBe(ReadOnlySpan<byte> bytes) => bytes.Length <= MaxBytes && bytes.StartsWith<byte>([0xFF, 0xD8, 0xFF]);
}
