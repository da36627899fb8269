using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Where a worker claims jobs and delivers videos: this process or a remote gateway.</summary>
public interface IJobSource
{
    /// <summary>Waits until there is a job that matches the offer, and leases it.</summary>
    Task<Lease> ClaimAsync(ClaimOffer offer, CancellationToken cancel);

    /// <summary>Reports a slot that claims nothing because its engine cannot run anything: an offer without models.</summary>
    Task ReportAsync(ClaimOffer offer, CancellationToken cancel);

    /// <param name="preview">A new preview of the unfinished video; null if there is none since the last heartbeat.</param>
    Task<LeaseAnswer> RenewAsync(Lease lease, Progress progress, ReadOnlyMemory<byte>? preview, CancellationToken cancel);

    /// <summary>Copies an input file to <paramref name="path"/>. Returns false if it was deleted from the store.</summary>
    Task<bool> FetchAsync(Lease lease, FileUri input, string path, CancellationToken cancel);

    /// <summary>Stores the video and completes the job.</summary>
    Task<Delivered> DeliverAsync(Lease lease, string path, CancellationToken cancel);

    /// <summary>Ends the run without a video. Returns false if the lease was lost.</summary>
    Task<bool> EndAsync(Lease lease, RunOutcome outcome, CancellationToken cancel);
}

/// <summary>The outcome of a delivered video.</summary>
public abstract record Delivered
{
    private Delivered() { }

    /// <summary>It is the job's result.</summary>
    public sealed record Kept : Delivered;

    /// <summary>The lease was lost; the video was discarded.</summary>
    public sealed record Lost : Delivered;

    /// <summary>The gateway ended the run, because the file is not the job's video: a fault of the engine.</summary>
    /// <param name="Reason">Follows "the file".</param>
    public sealed record Rejected(string Reason) : Delivered;
}
