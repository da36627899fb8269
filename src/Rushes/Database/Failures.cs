using Rushes.Jobs;

namespace Rushes.Database;

/// <summary>How jobs fail that no engine failed.</summary>
internal static class Failures
{
    public static readonly JobError WorkerLost =
        new("worker_lost", "The worker that ran the job fell silent, and no attempts are left. See the workers' logs, then submit it again.");

    public static readonly JobError StartTimeout =
        new("start_timeout", "No worker was free before the time by which the job had to start. Submit it again, or allow it more time.");

    public static readonly JobError ApprovalTimeout = new("approval_timeout", "Its draft was not approved in time. Submit it again.");

    public static JobError Interrupted(int times) =>
        new("interrupted", $"The gateway stopped {times} times while the job ran. Submit it again.");
}
