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
        var view = new JobView { Id = job.Id, Model = job.Model, State = job.State, EstimatedTotal = total };
        if (view.State.IsQueued)
            return view with { QueuePosition = backlog.Ahead(job, job.Lane).Jobs, Remaining = Wait(job.Lane, job.Key) + total };
        if (job.Run is not { } run) return null;
        var left = total - (clock.GetUtcNow() - run.StartedAt);
        return view with { State = JobState.Running, StartedAt = run.StartedAt, Progress = run.Progress, Remaining = left > TimeSpan.Zero ? left : TimeSpan.Zero };
    }

    public static JobView View(Job job) => new() { Id = job.Id, Model = job.Model, State = job.State, StartedAt = job.StartedAt, Stored = job };

    /// <summary>Where a new job would stand now.</summary>
    /// <param name="work">Milliseconds the catalog expects the run to take.</param>
    public Outlook Of(Model model, int priority, VideoFormat render, int work)
    {
        var key = new QueueKey(model.Tier.Rank, priority, long.MaxValue);
        return new Outlook(backlog.Ahead(key, model.Lane).Jobs, Wait(model.Lane, key), runTimes.Estimate(model.Id, model.Lane, render, work));
    }

    /// <summary>Work ahead in every lane that the same slots serve, shared among the slots.</summary>
    private TimeSpan Wait(string laneOfJob, QueueKey key)
    {
        var (slots, lanes) = capacity.Serving(laneOfJob);
        var milliseconds = 0.0;
        foreach (var lane in lanes)
            milliseconds += backlog.Ahead(key, lane).Work * runTimes.Factor(lane);
        return TimeSpan.FromMilliseconds(milliseconds / Math.Max(1, slots));
    }
}

/// <param name="QueuePosition">Jobs of the lane that go before it.</param>
/// <param name="Wait">Until it would be started.</param>
/// <param name="Run">The whole run.</param>
public readonly record struct Outlook(int QueuePosition, TimeSpan Wait, TimeSpan Run);
