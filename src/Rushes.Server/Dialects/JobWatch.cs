using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Rushes.Intake;
using Rushes.Jobs;

namespace Rushes.Server.Dialects;

/// <summary>
/// Follows jobs for those who wait for them, without asking the database. A watch has no timer of its own: it is woken by
/// its job's change, by the lane's pulse after jobs ahead moved, and by one pulse for all that says that they still live.
/// </summary>
internal sealed class JobWatch(JobDesk desk, Backlog backlog, TimeProvider clock)
{
    /// <summary>Places in a queue are told at most so often.</summary>
    public static readonly TimeSpan MovesEvery = TimeSpan.FromSeconds(1);

    /// <summary>Shorter than proxies wait for a silent connection.</summary>
    public static readonly TimeSpan QuietEvery = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Pulse> lanes = new(StringComparer.Ordinal);
    private readonly Pulse quiet = new(clock, QuietEvery);

    /// <summary>Follows one commit; to be called after the backlog took it in.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        if (lanes.IsEmpty) return;
        foreach (var change in changes)
            if (!IsHeartbeat(change) && lanes.TryGetValue(change.Lane, out var lane)) lane.Start();
    }

    /// <summary>What tells one stage of a job from another: a watch shows each once.</summary>
    public static string StageOf(JobView job) => job.State switch
    {
        JobState.Pending or JobState.Retry => $"queued-{job.QueuePosition}",
        JobState.Running => $"running-{job.Progress.Done}-{job.Progress.Total}",
        JobState.Completed => "completed",
        JobState.Failed => "failed",
        _ => "cancelled",
    };

    /// <summary>The job now, unless it is at the stage that was seen, then at each stage to its end. Null: nothing has changed for a while.</summary>
    public async IAsyncEnumerable<JobView?> FollowAsync(long id, int account, string? seen, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            // Before the look: what changes after it ends one of these.
            var still = quiet.Next;
            var live = backlog.Find(id);
            var changed = live?.Changed(live.Version) ?? still;
            var moved = live?.State.IsQueued == true ? LaneOf(live).Next : still;

            if (await desk.FindAsync(id, account, null, cancel) is not { } job) yield break;
            if (StageOf(job) is var stage && stage != seen)
            {
                seen = stage;
                yield return job;
            }
            if (job.State.IsFinished) yield break;

            quiet.Start();
            await Task.WhenAny(changed, moved, still).WaitAsync(cancel);
            if (still.IsCompleted) yield return null;
        }
    }

    /// <summary>Progress moves nobody.</summary>
    private static bool IsHeartbeat(JobChange change) => change is { State: JobState.Running, Render: null };

    private Pulse LaneOf(LiveJob job) => lanes.GetOrAdd(job.Lane, static (_, clock) => new Pulse(clock, MovesEvery), clock);
}
