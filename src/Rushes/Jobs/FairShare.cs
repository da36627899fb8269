namespace Rushes.Jobs;

/// <summary>
/// How accounts take turns within a lane, tier and priority. A new job's turn is one step after whichever is later: the last
/// turn that was started there, or the account's last turn that still waits there. A step is shorter the more the account
/// weighs. So every account's jobs stand a step apart, an account that comes anew stands one step behind what runs, and a
/// turn, once given, never changes: the order stays one that is sorted once and counted (self-clocked fair queueing). A lane
/// that was empty begins where the farthest one is, so that turns can be compared by workers that serve several.
/// </summary>
public static class FairShare
{
    /// <summary>The step of an account of weight 1. Weights beyond it are as good as it.</summary>
    private const long Step = 1_000_000;

    public static long StepOf(int weight) => Math.Max(1, Step / Math.Max(1, weight));
}
