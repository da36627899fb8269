namespace Rushes.Jobs;

/// <summary>
/// How many jobs of an account may wait. It is exact over all gateways of a database: near the limit only one gateway at a time
/// creates jobs of the account; further away each one may create a few while the others do, too few to reach the limit together.
/// </summary>
/// <param name="MaxQueued">At least 1.</param>
/// <param name="Waiting">The account's waiting jobs in the backlog of this gateway.</param>
public sealed record QueueLimit(int MaxQueued, Func<int> Waiting)
{
    /// <summary>The most other gateways for which the limit is exact.</summary>
    private const int Others = 16;

    /// <summary>The most jobs of the account in one commit that others need not wait for.</summary>
    private const int MaxAtOnce = 64;

    /// <summary>Whether this gateway may create some jobs while every other one does.</summary>
    /// <param name="jobs">Of this account, in one commit.</param>
    public bool IsFar(int jobs)
    {
        // Every other gateway has at most one commit that is not in the backlog yet.
        var atOnce = Math.Clamp(MaxQueued / (4 * Others), 1, MaxAtOnce);
        return jobs <= atOnce && Waiting() + jobs + Others * atOnce <= MaxQueued;
    }
}
