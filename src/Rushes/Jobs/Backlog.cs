using System.Collections.Concurrent;

namespace Rushes.Jobs;

/// <summary>
/// Every job that is queued or running, in memory: positions, waiting work and progress without a question to the
/// database, which decides. Fed with each commit's changes by one thread at a time; read by any.
/// </summary>
public sealed class Backlog(Doorbell doorbell)
{
    private readonly ConcurrentDictionary<long, LiveJob> jobs = new();
    private readonly ConcurrentDictionary<string, LiveLane> lanes = new(StringComparer.Ordinal);
    private readonly Shared<string> models = new();
    private readonly Shared<VideoFormat> formats = new();

    /// <summary>Queued and running jobs.</summary>
    public int Count => lanes.Values.Sum(lane => lane.Counts.Queued + lane.Counts.Running);

    public IEnumerable<string> Lanes => lanes.Keys;

    /// <summary>Takes in what lived when the program started, before anything else writes.</summary>
    public async Task LoadAsync(IAsyncEnumerable<JobChange> live, CancellationToken cancel)
    {
        await foreach (var job in live.WithCancellation(cancel)) Apply(job);
        doorbell.Ring(lanes.Keys);
    }

    /// <summary>Follows one commit.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        HashSet<string>? ringing = null;
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            Apply(change);
            if (change.State.IsQueued) (ringing ??= new(StringComparer.Ordinal)).Add(change.Lane);
        }

        if (ringing is not null) doorbell.Ring(ringing);
    }

    /// <summary>Null: it ended, or never was.</summary>
    public LiveJob? Find(long id) => jobs.GetValueOrDefault(id);

    /// <summary>What goes before this job in several lanes that share workers, its own among them or not.</summary>
    public Place Ahead(LiveJob job, params ReadOnlySpan<string> inLanes) => Ahead(job.Key, inLanes);

    /// <summary>The same for a job that is not there yet.</summary>
    public Place Ahead(QueueKey key, params ReadOnlySpan<string> inLanes)
    {
        var place = default(Place);
        foreach (var name in inLanes)
            if (lanes.TryGetValue(name, out var lane)) place += lane.Ahead(key);
        return place;
    }

    public LaneCounts Counts(string lane) => lanes.TryGetValue(lane, out var known) ? known.Counts : default;

    /// <summary>The running jobs of a lane at this moment.</summary>
    public IReadOnlyList<LiveJob> Running(string lane) => lanes.TryGetValue(lane, out var known) ? known.Running : [];

    private void Apply(JobChange change)
    {
        if (!jobs.TryGetValue(change.Id, out var job))
        {
            if (change.State.IsFinished) return;
            job = Enter(change);
        }

        var run = change.State == JobState.Running
            ? new LiveRun(change.Worker ?? "", change.StartedAt, change.Progress, change.StopRequested)
            : null;
        // Out of the index before it is told: whoever was woken must not find it here.
        if (change.State.IsFinished) jobs.TryRemove(change.Id, out _);
        job.LiveLane.Apply(job, change.State, run);
    }

    private LiveJob Enter(JobChange change)
    {
        var lane = lanes.GetOrAdd(change.Lane, static name => new LiveLane(name));
        var render = change.Render is { } format ? formats.Of(format) : null;
        return jobs[change.Id] = new LiveJob(change, models.Of(change.Model), lane, render);
    }

    /// <summary>One instance of values that many jobs have alike: a database gives each job its own.</summary>
    private sealed class Shared<T>
        where T : class
    {
        private const int Most = 4096;

        private readonly HashSet<T> known = [];

        public T Of(T value)
        {
            if (known.TryGetValue(value, out var same)) return same;
            if (known.Count == Most) known.Clear();
            known.Add(value);
            return value;
        }
    }
}
