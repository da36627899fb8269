namespace Rushes.Database;

/// <summary>The result of submitting a job.</summary>
public abstract record SubmitOutcome
{
    private SubmitOutcome() { }

    /// <summary>The job was created.</summary>
    public sealed record Created(long Id) : SubmitOutcome;

    /// <summary>
    /// The account sent the same request with the same key within <see cref="Jobs.IdempotencyKey.Life"/>; this is its job.
    /// </summary>
    public sealed record Replayed(long Id) : SubmitOutcome;

    /// <summary>The key was used with a different request; no job was created.</summary>
    public sealed record Mismatch : SubmitOutcome;

    /// <summary>The account's credit is less than the price; no job was created. Both in millionths.</summary>
    public sealed record NoCredit(long Needed, long Available) : SubmitOutcome;
}
