using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Where a worker gets jobs and brings videos: this process, or a gateway elsewhere. It does not know engines.</summary>
public interface IJobSource
{
    /// <summary>Waits until there is a job that the offer takes, and leases it.</summary>
    Task<Lease> ClaimAsync(ClaimOffer offer, CancellationToken cancel);

    /// <summary>
    /// Says what a slot is while it asks for nothing, since its engine can take nothing: an offer without models.
    /// </summary>
    Task TellAsync(ClaimOffer offer, CancellationToken cancel);

    /// <param name="preview">A new picture of the unfinished video; null when there is none since the last time.</param>
    Task<LeaseAnswer> RenewAsync(Lease lease, Progress progress, ReadOnlyMemory<byte>? preview, CancellationToken cancel);

    /// <summary>Puts an input at <paramref name="path"/>. False: it is gone from the store.</summary>
    Task<bool> FetchAsync(Lease lease, FileUri input, string path, CancellationToken cancel);

    /// <summary>Stores the video and completes the job. False: the lease was lost.</summary>
    Task<bool> DeliverAsync(Lease lease, string path, CancellationToken cancel);

    /// <summary>Ends the run without a video. False: the lease was lost.</summary>
    Task<bool> EndAsync(Lease lease, RunOutcome outcome, CancellationToken cancel);
}
