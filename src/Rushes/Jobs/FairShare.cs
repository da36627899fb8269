namespace Rushes.Jobs;

/// <summary>
/// Fair share: how accounts take turns within a lane, tier and priority. The turn of a new job is one step after the later of
/// two turns: the last turn that was started there (minus one), and the turn of the account's last queued job. The step is
/// inversely proportional to the account's weight. So the jobs of each account are one step apart, and a new account waits
/// for running jobs only. A turn never changes, which keeps the order sorted and countable (self-clocked fair queueing). A
/// lane that was empty starts at the turn of the furthest lane, so that workers that serve several lanes can compare turns.
/// </summary>
public static class FairShare
{
    /// <summary>The step of an account with weight 1. Larger weights have the same effect as this number.</summary>
    private const long Step = 1_000_000;

    /// <summary>The turn of a new job.</summary>
    /// <param name="started">The last turn that was started; 0 if none was.</param>
    /// <param name="last">The turn of the account's last queued job; 0 if it has none.</param>
    public static long Turn(long started, long last, int weight) => Math.Max(started - 1, last) + StepOf(weight);

    private static long StepOf(int weight) => Math.Max(2, Step / Math.Max(1, weight));
}
