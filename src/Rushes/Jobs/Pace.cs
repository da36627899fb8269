namespace Rushes.Jobs;

/// <summary>The progress of a run when it was first reported and when it last changed. The default value: none yet.</summary>
/// <param name="First">The first share of the run that was reported as done, from 0 to 1.</param>
/// <param name="Done">The last one.</param>
public readonly record struct Pace(double First, DateTimeOffset FirstAt, double Done, DateTimeOffset DoneAt)
{
    /// <summary>The time of the whole run at this pace; null until progress was reported twice.</summary>
    public TimeSpan? Whole => Done > First ? (DoneAt - FirstAt) / (Done - First) : null;

    /// <summary>With what was reported later. Progress that goes back belongs to another step and starts again.</summary>
    public Pace With(Progress progress, DateTimeOffset at)
    {
        var share = progress.Total > 0 ? Math.Clamp((double)progress.Done / progress.Total, 0, 1) : 0;
        if (share == Done) return this;
        return Done == 0 || share < Done ? new Pace(share, at, share, at) : this with { Done = share, DoneAt = at };
    }
}
