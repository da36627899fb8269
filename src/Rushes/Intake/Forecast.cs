using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>Says where a job stands in its queue and when its video will be there, from memory alone.</summary>
public sealed class Forecast(Backlog backlog, RunTimes runTimes, Capacity capacity, TimeProvider clock)
{
    public JobView View(LiveJob job)
    {
        var total = runTimes.Estimate(job.Model, job.Lane, job.Render, job.Work);
        if (!job.State.IsQueued)
        {
            var left = total - (clock.GetUtcNow() - job.StartedAt);
            return new JobView
            {
                Id = job.Id, Model = job.Model, State = job.State, Progress = job.Progress, EstimatedTotal = total,
                Remaining = left > TimeSpan.Zero ? left : TimeSpan.Zero,
            };
        }
        return new JobView
        {
            Id = job.Id, Model = job.Model, State = job.State, EstimatedTotal = total,
            QueuePosition = backlog.Position(job),
            Remaining = Wait(job) + total,
        };
    }

    public JobView View(Job job) => new() { Id = job.Id, Model = job.Model, State = job.State, Stored = job };

    /// <summary>Work ahead in every lane that the same slots serve, and what is left of the running jobs, shared among the slots.</summary>
    private TimeSpan Wait(LiveJob job)
    {
        var (slots, lanes) = capacity.Serving(job.Lane);
        var milliseconds = 0.0;
        foreach (var lane in lanes)
            milliseconds += backlog.WorkAhead(lane, job) * runTimes.Factor(lane);
        return TimeSpan.FromMilliseconds(milliseconds / Math.Max(1, slots));
    }
}
