namespace Rushes.Jobs;

/// <summary>A quick video of the same request, made aside while the job itself waits or runs.</summary>
/// <param name="Key">Of the file in the store; null until it is made.</param>
public sealed record JobDraft(DraftState State, string? Key = null)
{
    public static readonly JobDraft None = new(DraftState.None);

    public static readonly JobDraft Wanted = new(DraftState.Wanted);

    public static readonly JobDraft Failed = new(DraftState.Failed);
}

/// <summary>The numbers are stored; never renumber them.</summary>
public enum DraftState
{
    None = 0,
    Wanted = 1,
    Made = 2,

    /// <summary>It could not be made; the job goes its way.</summary>
    Failed = 3,
}

/// <summary>The right to make a job's draft.</summary>
/// <param name="Fence">Grows each time the draft is taken: only the latest may end it.</param>
public sealed record DraftTask(Job Job, int Fence)
{
    /// <summary>A draft that was taken so often without an end brings its makers down, and is given up.</summary>
    public const int MostTimes = 5;
}
