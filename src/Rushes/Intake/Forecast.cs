using Rushes.Catalog;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>Says where a job stands in its queue and when its video will be there, from memory alone.</summary>
public sealed class Forecast(Backlog backlog, RunTimes runTimes, Capacity capacity, TimeProvider clock)
{
    /// <summary>Null: it ended just now and is to be read from the database.</summary>
    public JobView? View(LiveJob job)
    {
        var total = runTimes.Estimate(job);
        var view = new JobView { Id = job.Id, Model = job.Model, State = job.State, EstimatedTotal = total, Draft = job.Draft };
        if (view.State.IsWaiting)
            return view with { QueuePosition = backlog.Ahead(job, job.Lane).Jobs, Remaining = Wait(job) + total };
        if (job.Run is not { } run) return null;
        var left = total - (clock.GetUtcNow() - run.StartedAt);
        return view with { State = JobState.Running, StartedAt = run.StartedAt, Progress = run.Progress, Preview = job.Preview, Stage = job.Stage, Remaining = left > TimeSpan.Zero ? left : TimeSpan.Zero };
    }

    public static JobView View(Job job) => new() { Id = job.Id, Model = job.Model, State = job.State, StartedAt = job.StartedAt, Draft = job.Draft, Stored = job };

    /// <summary>Where a new job would stand now.</summary>
    /// <param name="work">Milliseconds the catalog expects the run to take.</param>
    public Outlook Of(Model model, int priority, VideoFormat render, int work)
    {
        var key = new QueueKey(model.Tier.Rank, priority, 0, long.MaxValue);
        return new Outlook(backlog.Ahead(key, model.Lane).Jobs, Wait(model.Lane, lane => backlog.Ahead(key, lane)), runTimes.Estimate(model.Id, model.Lane, render, work));
    }

    /// <summary>How long a new job of this tier would wait to be started now.</summary>
    public TimeSpan WaitOf(string lane, int tier)
    {
        var key = new QueueKey(tier, 0, 0, long.MaxValue);
        return Wait(lane, each => backlog.Ahead(key, each));
    }

    /// <summary>
    /// Work ahead in every lane that the same slots serve, shared among the slots; and where the account may run so many at
    /// once and no more, not before its own are done.
    /// </summary>
    private TimeSpan Wait(LiveJob job)
    {
        var wait = Wait(job.Lane, lane => backlog.Ahead(job, lane));
        if (backlog.AheadOfOwn(job, job.Lane) is not var (work, most)) return wait;
        var own = TimeSpan.FromMilliseconds(work * runTimes.Factor(job.Lane) / Math.Min(most, Math.Max(1, capacity.Serving(job.Lane).Slots)));
        return own > wait ? own : wait;
    }

    private TimeSpan Wait(string laneOfJob, Func<string, Place> ahead)
    {
        var (slots, lanes) = capacity.Serving(laneOfJob);
        var milliseconds = 0.0;
        // A lane that is paused holds up no other. How long it will be itself, nobody can say.
        foreach (var lane in lanes)
            if (lane == laneOfJob || !backlog.IsPaused(lane)) milliseconds += ahead(lane).Work * runTimes.Factor(lane);
        return TimeSpan.FromMilliseconds(milliseconds / Math.Max(1, slots));
    }
}

/// <param name="QueuePosition">Jobs of the lane that go before it.</param>
/// <param name="Wait">Until it would be started.</param>
/// <param name="Run">The whole run.</param>
public readonly record struct Outlook(int QueuePosition, TimeSpan Wait, TimeSpan Run);
