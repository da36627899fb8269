using Rushes.Catalog;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>Finds, cancels and approves jobs for their owner. A live job is answered from memory, a finished one from the database.</summary>
public sealed class JobDesk(IJobStore jobStore, Backlog backlog, Forecast forecast, JobIds ids)
{
    /// <summary>The number behind an id of any form; null when it is none.</summary>
    public long? NumberOf(string id) => ids.Parse(id);

    /// <summary>Null when the account has no such job, or has it under another model than the one asked for.</summary>
    public ValueTask<JobView?> FindAsync(long id, int account, Model? model, CancellationToken cancel)
    {
        if (backlog.Find(id) is not { } live) return FindStoredAsync(id, account, model, cancel);
        if (live.Account != account || (model is not null && model.Id != live.Model)) return default;
        return forecast.View(live) is { } view ? ValueTask.FromResult<JobView?>(view) : FindStoredAsync(id, account, model, cancel);
    }

    /// <summary>The job with everything stored about it; null as above.</summary>
    public async ValueTask<Job?> ReadAsync(long id, int account, Model? model, CancellationToken cancel) =>
        await jobStore.FindAsync(id, cancel) is { } job && job.Account == account && (model is null || model.Id == job.Model) ? job : null;

    /// <inheritdoc cref="IJobStore.CancelAsync"/>
    public async Task<CancelOutcome> CancelAsync(long id, int account, Model? model, bool force, CancellationToken cancel) =>
        await FindAsync(id, account, model, cancel) is null
            ? CancelOutcome.Unknown
            : await jobStore.CancelAsync(id, account, force, cancel);

    /// <inheritdoc cref="IJobStore.ApproveAsync"/>
    public async Task<ApproveOutcome> ApproveAsync(long id, int account, Model? model, CancellationToken cancel) =>
        await FindAsync(id, account, model, cancel) is null
            ? ApproveOutcome.Unknown
            : await jobStore.ApproveAsync(id, account, cancel);

    private async ValueTask<JobView?> FindStoredAsync(long id, int account, Model? model, CancellationToken cancel) =>
        await ReadAsync(id, account, model, cancel) is { } job ? JobView.Of(job) : null;
}
