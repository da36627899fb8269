using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Jobs of this process: straight from the database and the file store.</summary>
public sealed class LocalJobSource(IDatabase database, Doorbell doorbell, IFileStore files, WorkOptions options, TimeProvider clock) : IJobSource
{
    public async Task<Lease> ClaimAsync(ClaimOffer offer, CancellationToken cancel)
    {
        while (true)
        {
            // The ticket is drawn before the look: a job queued in between wakes us at once.
            using var ticket = doorbell.Take(offer.Lanes);
            if (await database.ClaimAsync(new ClaimRequest(offer.Worker, offer.Lanes, Until()) { Models = offer.EveryModel ? null : offer.Models }, cancel) is { } lease) return lease;
            await ticket.Rung.WaitAsync(cancel);
        }
    }

    public Task<LeaseAnswer> RenewAsync(Lease lease, Progress progress, CancellationToken cancel) =>
        RenewAsync(lease.Job.Id, lease.Fence, progress, cancel);

    public Task<LeaseAnswer> RenewAsync(long job, long fence, Progress progress, CancellationToken cancel) =>
        database.RenewAsync(job, fence, Until(), progress, cancel);

    public Task<bool> FetchAsync(Lease lease, FileUri input, string path, CancellationToken cancel) =>
        files.FetchAsync(input.Key, path, cancel);

    public async Task<bool> DeliverAsync(Lease lease, string path, CancellationToken cancel)
    {
        // The fence is part of the name: a late result of a lost lease can never lie where the real one lies.
        var key = ResultKey(lease);
        var stored = await files.PutAsync(key, path, "video/mp4", cancel);
        if (await database.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done(key, stored.Bytes), cancel)) return true;
        await files.DeleteAsync(key, cancel);
        return false;
    }

    public Task<bool> EndAsync(Lease lease, RunOutcome outcome, CancellationToken cancel) =>
        database.FinishAsync(lease.Job.Id, lease.Fence, outcome, cancel);

    public static string ResultKey(Lease lease) => ResultKey(lease.Job.Account, lease.Job.Id, lease.Fence, lease.Job.Model);

    public static string ResultKey(int account, long job, long fence, string model) => $"outputs/a{account}/{job}_{fence}_{model}.mp4";

    private DateTimeOffset Until() => clock.GetUtcNow() + options.Lease;
}
