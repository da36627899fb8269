using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Rushes.Intake;
using Rushes.Jobs;

namespace Rushes.Server.Dialects;

/// <summary>
/// Follows jobs for those who wait for them, without asking the database. A watch has no timer of its own: its job's change
/// wakes it, or the pulse that it shares with the other watches of its lane, or of jobs that run. Of each two things that
/// it waits for at once only one is shared, so a waking costs the same however many wait.
/// </summary>
internal sealed class JobWatch(JobDesk desk, Backlog backlog, TimeProvider clock)
{
    /// <summary>Places in a queue are told at most so often.</summary>
    public static readonly TimeSpan MovesEvery = TimeSpan.FromSeconds(1);

    /// <summary>A watch that had nothing to tell for so long says so, before as much again has passed: proxies cut silent connections after a minute.</summary>
    public static readonly TimeSpan QuietEvery = TimeSpan.FromSeconds(25);

    private readonly ConcurrentDictionary<string, Pulse> lanes = new(StringComparer.Ordinal);
    private readonly Pulse running = new(clock);

    /// <summary>Follows one commit; to be called after the backlog took it in.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        if (lanes.IsEmpty) return;
        foreach (var change in changes)
            if (!IsHeartbeat(change) && lanes.TryGetValue(change.Lane, out var lane)) lane.BeatWithin(MovesEvery);
    }

    /// <summary>What tells one stage of a job from another: a watch shows each once.</summary>
    public static string StageOf(JobView job) => job.State switch
    {
        JobState.Pending or JobState.Retry => $"queued-{job.QueuePosition}{DraftOf(job)}",
        JobState.Awaiting => $"awaiting-{job.QueuePosition}{DraftOf(job)}",
        JobState.Running => $"running-{job.Progress.Done}-{job.Progress.Total}{DraftOf(job)}",
        JobState.Completed => "completed",
        JobState.Failed => "failed",
        _ => "cancelled",
    };

    /// <summary>The job now, unless it is at the stage that was seen, then at each stage to its end. Null: nothing has changed for a while.</summary>
    /// <param name="previews">Also when there is a new picture of the unfinished video.</param>
    public async IAsyncEnumerable<JobView?> FollowAsync(long id, int account, string? seen, [EnumeratorCancellation] CancellationToken cancel, bool previews = false)
    {
        var told = clock.GetTimestamp();
        LivePreview? shown = null;
        while (true)
        {
            // Before the look: what changes after it ends one of these.
            var live = backlog.Find(id);
            var changed = live?.Changed(live.Version);
            var pulse = live?.State.IsWaiting == true ? lanes.GetOrAdd(live.Lane, _ => new Pulse(clock)) : running;
            var beat = pulse.Next;

            if (await desk.FindAsync(id, account, null, cancel) is not { } job) yield break;
            if (StageOf(job) is var stage && (stage != seen || (previews && job.Preview is { } picture && picture != shown)))
            {
                (seen, shown, told) = (stage, job.Preview, clock.GetTimestamp());
                yield return job;
            }
            else if (clock.GetElapsedTime(told) >= QuietEvery)
            {
                told = clock.GetTimestamp();
                yield return null;
            }
            if (job.State.IsFinished) yield break;

            pulse.BeatWithin(QuietEvery);
            await (changed is null ? beat : Task.WhenAny(changed, beat)).WaitAsync(cancel);
        }
    }

    private static string DraftOf(JobView job) => job.Draft.State switch
    {
        DraftState.Made => "-draft",
        DraftState.Failed => "-no-draft",
        _ => "",
    };

    /// <summary>Progress moves nobody.</summary>
    private static bool IsHeartbeat(JobChange change) => change is { State: JobState.Running, Render: null };
}
