using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Rushes.Intake;
using Rushes.Jobs;

namespace Rushes.Server.JobResponses;

/// <summary>
/// Follows jobs without reading the database. A watch has no timer: it is woken by a change of its job, or by a pulse that it
/// shares with the other watches of its lane or of running jobs. Only one of the two signals it waits for is shared, so the
/// cost of waking does not depend on the number of watches.
/// </summary>
internal sealed class JobWatch(JobDesk desk, Backlog backlog, TimeProvider clock)
{
    /// <summary>The minimum interval between queue position updates.</summary>
    public static readonly TimeSpan MovesEvery = TimeSpan.FromSeconds(1);

    /// <summary>The keep-alive interval; proxies close idle connections after a minute.</summary>
    public static readonly TimeSpan QuietEvery = TimeSpan.FromSeconds(25);

    private readonly ConcurrentDictionary<string, Pulse> lanes = new(StringComparer.Ordinal);
    private readonly Pulse running = new(clock);

    /// <summary>Handles a commit; call it after the backlog applied the commit.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        if (lanes.IsEmpty) return;
        foreach (var change in changes)
            if (!IsHeartbeat(change) && lanes.TryGetValue(change.Lane, out var lane)) lane.BeatWithin(MovesEvery);
    }

    /// <summary>Identifies a stage of a job; a watch shows each stage once.</summary>
    public static string StageOf(JobView job) => job switch
    {
        JobView.Waiting waiting =>
            $"{(waiting.State == JobState.Awaiting ? "awaiting" : "queued")}-{waiting.QueuePosition}{DraftOf(job)}",
        JobView.Running running => $"running-{running.Progress.Done}-{running.Progress.Total}{DraftOf(job)}",
        JobView.Completed => "completed",
        JobView.Failed => "failed",
        _ => "cancelled",
    };

    /// <summary>
    /// The job now, unless the client has seen this stage, then at each stage until it ends. Null means that nothing has
    /// changed for a while.
    /// </summary>
    /// <param name="previews">Also return the job for each new preview.</param>
    public async IAsyncEnumerable<JobView?> FollowAsync(
        long id, int account, string? seen, [EnumeratorCancellation] CancellationToken cancel, bool previews = false)
    {
        var sentAt = clock.GetTimestamp();
        LivePreview? shown = null;
        while (true)
        {
            // Take the signals before reading the job, so that a change in between is not missed.
            var live = backlog.Find(id);
            var changed = live?.Changed(live.Version);
            var pulse = live?.State.IsWaiting == true ? lanes.GetOrAdd(live.Lane, _ => new Pulse(clock)) : running;
            var beat = pulse.Next;

            if (await desk.FindAsync(id, account, null, cancel) is not { } job) yield break;
            if (StageOf(job) is var stage && (stage != seen || (previews && job.Preview is { } image && image != shown)))
            {
                (seen, shown, sentAt) = (stage, job.Preview, clock.GetTimestamp());
                yield return job;
            }
            else if (clock.GetElapsedTime(sentAt) >= QuietEvery)
            {
                sentAt = clock.GetTimestamp();
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

    /// <summary>Progress does not change queue positions.</summary>
    private static bool IsHeartbeat(JobChange change) => change is { State: JobState.Running, Render: null };
}
