using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>Calculates a job's queue position and the expected time until its video is ready, from memory only.</summary>
public sealed class Forecast(Backlog backlog, RunTimes runTimes, Capacity capacity, TimeProvider clock)
{
    /// <summary>Null: the job has just ended and must be read from the database.</summary>
    public JobView? View(LiveJob job)
    {
        var total = runTimes.Estimate(job);
        // Read once, because the state can change meanwhile.
        var state = job.State;
        if (state.IsWaiting)
            return new JobView.Waiting(job.Id, job.Model, state, job.Draft)
            {
                QueuePosition = backlog.Ahead(job, job.Lane).Jobs, Remaining = Wait(job) + total, EstimatedTotal = total,
                Unavailable = capacity.Lacks(job.Model),
            };
        if (job.Run is not { } run) return null;
        var left = total - (clock.GetUtcNow() - run.StartedAt);
        return new JobView.Running(job.Id, job.Model, job.Draft, run.StartedAt, job.Preview)
        {
            Progress = run.Progress, Remaining = left > TimeSpan.Zero ? left : TimeSpan.Zero, EstimatedTotal = total,
            Stage = job.Stage,
        };
    }

    /// <summary>The position and times of a new job.</summary>
    /// <param name="work">Expected run time according to the catalog, in milliseconds.</param>
    public Outlook Of(Model model, int priority, VideoFormat render, int work)
    {
        var key = new QueueKey(model.Tier.Rank, priority, 0, long.MaxValue);
        return new Outlook(
            backlog.Ahead(key, model.Lane).Jobs, Wait(model.Lane, lane => backlog.Ahead(key, lane)),
            runTimes.Estimate(model.Id, model.Lane, render, work));
    }

    /// <summary>How long a new job of this tier would wait to start.</summary>
    public TimeSpan WaitOf(string lane, int tier)
    {
        var key = new QueueKey(tier, 0, 0, long.MaxValue);
        return Wait(lane, each => backlog.Ahead(key, each));
    }

    /// <summary>
    /// The work ahead in all lanes that the same slots serve, divided among the slots; with a concurrency limit, at least
    /// until enough of the account's own jobs are done.
    /// </summary>
    private TimeSpan Wait(LiveJob job)
    {
        var wait = Wait(job.Lane, lane => backlog.Ahead(job, lane));
        if (backlog.AheadOfOwn(job, job.Lane) is not var (work, most)) return wait;
        var own = TimeSpan.FromMilliseconds(
            work * runTimes.Factor(job.Lane) / Math.Min(most, Math.Max(1, capacity.Serving(job.Lane).Slots)));
        return own > wait ? own : wait;
    }

    private TimeSpan Wait(string laneOfJob, Func<string, Place> ahead)
    {
        var (slots, lanes) = capacity.Serving(laneOfJob);
        var milliseconds = 0.0;
        // A paused lane does not delay others. Its own wait is unknown.
        foreach (var lane in lanes)
            if (lane == laneOfJob || !backlog.IsPaused(lane)) milliseconds += ahead(lane).Work * runTimes.Factor(lane);
        return TimeSpan.FromMilliseconds(milliseconds / Math.Max(1, slots));
    }
}

/// <param name="QueuePosition">The number of jobs in the lane before it.</param>
/// <param name="Wait">Until it would start.</param>
/// <param name="Run">The whole run.</param>
public readonly record struct Outlook(int QueuePosition, TimeSpan Wait, TimeSpan Run);
