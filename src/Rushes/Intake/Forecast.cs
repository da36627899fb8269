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
            return view with { QueuePosition = backlog.Ahead(job, job.Lane).Jobs, Remaining = Wait(job) + total };
        if (job.Run is not { } run) return null;
        var left = total - (clock.GetUtcNow() - run.StartedAt);
        return view with { State = JobState.Running, Progress = run.Progress, Remaining = left > TimeSpan.Zero ? left : TimeSpan.Zero };
    }

    public static JobView View(Job job) => new() { Id = job.Id, Model = job.Model, State = job.State, Stored = job };

    /// <summary>
    /// Work ahead in every lane that the same slots serve, shared among the slots; and where the account may run so many at
    /// once and no more, not before its own are done.
    /// </summary>
    private TimeSpan Wait(LiveJob job)
    {
        var (slots, lanes) = capacity.Serving(job.Lane);
        var milliseconds = 0.0;
        foreach (var lane in lanes)
            milliseconds += backlog.Ahead(job, lane).Work * runTimes.Factor(lane);
        var wait = milliseconds / Math.Max(1, slots);
        if (backlog.AheadOfOwn(job, job.Lane) is var (work, most))
            wait = Math.Max(wait, work * runTimes.Factor(job.Lane) / Math.Min(most, Math.Max(1, slots)));
        return TimeSpan.FromMilliseconds(wait);
    }
}
