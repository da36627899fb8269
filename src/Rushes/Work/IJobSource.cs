using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Where a worker gets jobs and brings videos: this process, or a gateway elsewhere. It does not know engines.</summary>
public interface IJobSource
{
    /// <summary>Waits until there is a job that the offer takes, and leases it.</summary>
    Task<Lease> ClaimAsync(ClaimOffer offer, CancellationToken cancel);

    Task<LeaseAnswer> RenewAsync(Lease lease, Progress progress, CancellationToken cancel);

    /// <summary>Puts an input at <paramref name="path"/>. False: it is gone from the store.</summary>
    Task<bool> FetchAsync(Lease lease, FileUri input, string path, CancellationToken cancel);

    /// <summary>Stores the video and completes the job. False: the lease was lost.</summary>
    Task<bool> DeliverAsync(Lease lease, string path, CancellationToken cancel);

    /// <summary>Ends the run without a video. False: the lease was lost.</summary>
    Task<bool> EndAsync(Lease lease, RunOutcome outcome, CancellationToken cancel);
}

/// <summary>What a free slot can take.</summary>
/// <param name="Worker">Who will hold the lease: <c>node/slot</c>.</param>
/// <param name="Lanes">Lanes of its models.</param>
/// <param name="Models">Ids of the models it can make.</param>
public sealed record ClaimOffer(string Worker, IReadOnlyList<string> Lanes, IReadOnlyList<string> Models)
{
    /// <summary>Every model of the lanes is among them, so that a claim need not look at models at all.</summary>
    public bool EveryModel { get; init; }

    public static ClaimOffer Of(string worker, Catalog.ModelCatalog catalog, Func<Catalog.Model, bool> serves)
    {
        var models = catalog.Models.Where(serves).ToArray();
        var lanes = models.Select(model => model.Lane).Distinct().ToArray();
        return new ClaimOffer(worker, lanes, [.. models.Select(model => model.Id)])
        {
            EveryModel = models.Length == catalog.Models.Count(model => lanes.Contains(model.Lane)),
        };
    }
}
