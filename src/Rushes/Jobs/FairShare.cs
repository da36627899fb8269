namespace Rushes.Jobs;

/// <summary>
/// How accounts take turns within a lane, tier and priority. A new job's turn is one step after whichever is later: the last
/// turn that was started there, less a hair, or the account's last turn that still waits there. A step is shorter the more the
/// account weighs. So every account's jobs stand a step apart, and an account that comes anew waits for what runs and not for
/// those of its weight that are a whole step on. A turn, once given, never changes: the order stays one that is sorted once
/// and counted (self-clocked fair queueing). A lane that was empty begins where the farthest one is, so that turns can be
/// compared by workers that serve several.
/// </summary>
public static class FairShare
{
    /// <summary>The step of an account of weight 1. Weights beyond it are as good as it.</summary>
    private const long Step = 1_000_000;

    /// <summary>The turn of a new job.</summary>
    /// <param name="started">The last that was started there; 0 for none.</param>
    /// <param name="last">The account's last that waits there; 0 for none.</param>
    public static long Turn(long started, long last, int weight) => Math.Max(started - 1, last) + StepOf(weight);

    private static long StepOf(int weight) => Math.Max(2, Step / Math.Max(1, weight));
}
