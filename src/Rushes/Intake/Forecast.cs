using System.Collections.Concurrent;
using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>Calculates a job's queue position and the expected time until its video is ready, from memory only.</summary>
public sealed class Forecast(Backlog backlog, RunTimes runTimes, Capacity capacity, TimeProvider clock)
{
    /// <summary>How long the slots' times are kept, because every status of a queued job needs them.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, (SlotTimes Times, long ReadAt)> slotTimes = new(StringComparer.Ordinal);

    /// <summary>Null: the job has just ended and must be read from the database.</summary>
    public JobView? View(LiveJob job)
    {
        var expected = runTimes.Estimate(job);
        // Read once, because the state can change meanwhile.
        var state = job.State;
        if (state.IsWaiting)
        {
            var isUnavailable = capacity.Lacks(job.Model);
            return new JobView.Waiting(job.Id, job.Model, state, job.Draft)
            {
                QueuePosition = backlog.Ahead(job, job.Lane).Jobs, Remaining = isUnavailable ? null : Wait(job) + expected.Whole,
                EstimatedTotal = expected.Whole, Unavailable = isUnavailable,
            };
        }

        if (job.Run is not { } run) return null;
        var now = clock.GetUtcNow();
        var remaining = RemainingTime.Of(expected, run, now);
        var passed = now - run.StartedAt;
        return new JobView.Running(job.Id, job.Model, job.Draft, run.StartedAt, job.Preview)
        {
            Progress = run.Progress, Remaining = remaining, EstimatedTotal = remaining is { } left ? passed + left : passed,
            Stage = job.Stage,
        };
    }

    /// <summary>The position and times of a new job.</summary>
    /// <param name="work">Expected run time according to the catalog, in milliseconds.</param>
    public Outlook Of(Model model, int priority, VideoFormat render, int work)
    {
        var key = new QueueKey(model.Tier.Rank, priority, 0, long.MaxValue);
        return new Outlook(
            backlog.Ahead(key, model.Lane).Jobs,
            capacity.Lacks(model.Id) ? null : Wait(model.Lane, lane => backlog.Ahead(key, lane)),
            runTimes.Estimate(model.Id, model.Lane, render, work).Whole);
    }

    /// <summary>Whether a worker can make a result of this model larger with its upscaler now.</summary>
    public bool Enlarges(Model model) => capacity.Enlarges(model.Id);

    /// <summary>How long a new job of this tier would wait to start; null if that is unknown.</summary>
    public TimeSpan? WaitOf(string lane, int tier)
    {
        var key = new QueueKey(tier, 0, 0, long.MaxValue);
        return Wait(lane, each => backlog.Ahead(key, each));
    }

    /// <summary>The remaining time of a running job; null if it is unknown, or if the job is not running.</summary>
    public TimeSpan? RemainingOf(LiveJob job) =>
        job.Run is { } run ? RemainingTime.Of(runTimes.Estimate(job), run, clock.GetUtcNow()) : null;

    /// <summary>With a concurrency limit, at least until enough of the account's own jobs are done.</summary>
    private TimeSpan? Wait(LiveJob job)
    {
        var wait = Wait(job.Lane, lane => backlog.Ahead(job, lane));
        if (backlog.AheadOfOwn(job, job.Lane) is not var (work, most)) return wait;
        var own = TimeSpan.FromMilliseconds(
            work * runTimes.Factor(job.Lane) / Math.Min(most, Math.Max(1, capacity.Serving(job.Lane).Slots)));
        return own > wait ? own : wait;
    }

    /// <summary>
    /// Until the running jobs and the work ahead, in all lanes that the same slots serve, leave a slot free; null for a paused
    /// lane. Without a worker, as with one, because one may be about to connect.
    /// </summary>
    private TimeSpan? Wait(string laneOfJob, Func<string, Place> ahead)
    {
        if (backlog.IsPaused(laneOfJob)) return null;
        var serving = capacity.Serving(laneOfJob);
        var milliseconds = 0.0;
        foreach (var lane in serving.Lanes)
            if (!backlog.IsPaused(lane)) milliseconds += ahead(lane).Work * runTimes.Factor(lane);
        return SlotTimesOf(laneOfJob, serving).StartAfter(milliseconds);
    }

    private SlotTimes SlotTimesOf(string lane, LaneCapacity serving)
    {
        var now = clock.GetTimestamp();
        if (slotTimes.TryGetValue(lane, out var kept) && clock.GetElapsedTime(kept.ReadAt, now) < Fresh) return kept.Times;
        var running = serving.Lanes.SelectMany(backlog.Running).Select(job => RemainingOf(job) ?? TimeSpan.Zero);
        var times = new SlotTimes(Math.Max(1, serving.Slots), running);
        slotTimes[lane] = (times, now);
        return times;
    }
}

/// <param name="QueuePosition">The number of jobs in the lane before it.</param>
/// <param name="Wait">Until it would start; null if no worker can run the model now, or its lane is paused.</param>
/// <param name="Run">The whole run.</param>
public readonly record struct Outlook(int QueuePosition, TimeSpan? Wait, TimeSpan Run);
