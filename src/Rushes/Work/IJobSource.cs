using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Where a worker gets jobs and brings videos: this process, or a gateway elsewhere. It does not know engines.</summary>
public interface IJobSource
{
    /// <summary>Waits until there is a job in one of these lanes, and leases it.</summary>
    Task<Lease> ClaimAsync(string worker, IReadOnlyList<string> lanes, CancellationToken cancel);

    Task<LeaseAnswer> RenewAsync(Lease lease, Progress progress, CancellationToken cancel);

    /// <summary>Puts an input at <paramref name="path"/>. False: it is gone from the store.</summary>
    Task<bool> FetchAsync(Lease lease, FileUri input, string path, CancellationToken cancel);

    /// <summary>Stores the video and completes the job. False: the lease was lost.</summary>
    Task<bool> DeliverAsync(Lease lease, string path, CancellationToken cancel);

    /// <summary>Ends the run without a video. False: the lease was lost.</summary>
    Task<bool> EndAsync(Lease lease, RunOutcome outcome, CancellationToken cancel);
}
