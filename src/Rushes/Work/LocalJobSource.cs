using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Jobs of this process: straight from the database and the file store.</summary>
public sealed class LocalJobSource(IDatabase database, Doorbell doorbell, IFileStore files, WorkOptions options, TimeProvider clock, RunningBounds? bounds = null) : IJobSource
{
    public async Task<Lease> ClaimAsync(string worker, IReadOnlyList<string> lanes, CancellationToken cancel)
    {
        while (true)
        {
            // The ticket is drawn before the look: a job queued in between wakes us at once.
            using var ticket = doorbell.Take(lanes);
            var request = new ClaimRequest(worker, lanes, Until()) { MostRunning = bounds?.Of };
            if (await database.ClaimAsync(request, cancel) is { } lease) return lease;
            await ticket.Rung.WaitAsync(cancel);
        }
    }

    public Task<LeaseAnswer> RenewAsync(Lease lease, Progress progress, CancellationToken cancel) =>
        database.RenewAsync(lease.Job.Id, lease.Fence, Until(), progress, cancel);

    public Task<bool> FetchAsync(Lease lease, FileUri input, string path, CancellationToken cancel) =>
        files.FetchAsync(input.Key, path, cancel);

    public async Task<bool> DeliverAsync(Lease lease, string path, CancellationToken cancel)
    {
        // The fence is part of the name: a late result of a lost lease can never lie where the real one lies.
        var key = $"outputs/a{lease.Job.Account}/{lease.Job.Id}_{lease.Fence}_{lease.Job.Model}.mp4";
        var stored = await files.PutAsync(key, path, "video/mp4", cancel);
        if (await database.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done(key, stored.Bytes), cancel)) return true;
        await files.DeleteAsync(key, cancel);
        return false;
    }

    public Task<bool> EndAsync(Lease lease, RunOutcome outcome, CancellationToken cancel) =>
        database.FinishAsync(lease.Job.Id, lease.Fence, outcome, cancel);

    private DateTimeOffset Until() => clock.GetUtcNow() + options.Lease;
}
