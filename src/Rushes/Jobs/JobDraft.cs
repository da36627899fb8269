namespace Rushes.Jobs;

/// <summary>A quick video of the same request, made while the job itself waits or runs.</summary>
/// <param name="Key">The key of its file in the store; null until it is made.</param>
public sealed record JobDraft(DraftState State, string? Key = null)
{
    public static readonly JobDraft None = new(DraftState.None);

    public static readonly JobDraft Wanted = new(DraftState.Wanted);

    public static readonly JobDraft Failed = new(DraftState.Failed);
}

/// <summary>The numbers are stored; never change them.</summary>
public enum DraftState
{
    None = 0,
    Wanted = 1,
    Made = 2,

    /// <summary>It could not be made; the job continues.</summary>
    Failed = 3,
}

/// <summary>The right to make a job's draft.</summary>
/// <param name="Fence">Increases each time the draft is claimed; only the latest claim may end it.</param>
public sealed record DraftTask(Job Job, int Fence)
{
    /// <summary>A draft that was claimed this often without an end probably crashes its process, and fails.</summary>
    public const int MaxClaims = 5;
}
