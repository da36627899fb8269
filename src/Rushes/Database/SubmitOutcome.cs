namespace Rushes.Database;

/// <summary>What became of a submitted job.</summary>
public abstract record SubmitOutcome
{
    private SubmitOutcome() { }

    /// <summary>A new job waits.</summary>
    public sealed record Created(long Id) : SubmitOutcome;

    /// <summary>
    /// The same account asked for the same under the same key within <see cref="Jobs.IdempotencyKey.Life"/>: that job.
    /// </summary>
    public sealed record Replayed(long Id) : SubmitOutcome;

    /// <summary>The key was used for something else: nothing was made.</summary>
    public sealed record Mismatch : SubmitOutcome;

    /// <summary>The account's credit does not cover the price: nothing was made. Both in millionths.</summary>
    public sealed record NoCredit(long Needed, long Available) : SubmitOutcome;
}
