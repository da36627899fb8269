using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Intake;

/// <summary>
/// Everything that dialects, the console and operators do with existing jobs. Jobs that have not ended are read from memory,
/// others from the database.
/// </summary>
public sealed class JobDesk(
    IJobStore jobStore, IJobLists lists, IDeliveryStore deliveries, IAuditLog audit, IFileStore files, Backlog backlog,
    Forecast forecast, JobIds ids)
{
    /// <summary>The number of an id in any format; null if the id is invalid.</summary>
    public long? NumberOf(string id) => ids.Parse(id);

    /// <summary>Null if the account has no such job, or if the job is of another model.</summary>
    public ValueTask<JobView?> FindAsync(long id, int account, Model? model, CancellationToken cancel)
    {
        if (backlog.Find(id) is not { } live) return FindStoredAsync(id, account, model, cancel);
        if (live.Account != account || (model is not null && model.Id != live.Model)) return default;
        return forecast.View(live) is { } view
            ? ValueTask.FromResult<JobView?>(view)
            : FindStoredAsync(id, account, model, cancel);
    }

    /// <summary>The job with everything stored about it; null as above.</summary>
    /// <param name="account">The account that owns it; null for operators, who may read every job.</param>
    public async ValueTask<Job?> ReadAsync(long id, int? account, Model? model, CancellationToken cancel) =>
        await jobStore.FindAsync(id, cancel) is { } job
            && (account ?? job.Account) == job.Account
            && (model?.Id ?? job.Model) == job.Model
            ? job : null;

    /// <inheritdoc cref="IJobLists.ReadJobsAsync"/>
    public Task<JobPage> ListAsync(JobFilter filter, CancellationToken cancel) => lists.ReadJobsAsync(filter, cancel);

    /// <inheritdoc cref="PromptSearch.FindAsync"/>
    public Task<JobPage> SearchAsync(JobFilter filter, IReadOnlyList<string> words, CancellationToken cancel) =>
        new PromptSearch(lists).FindAsync(filter, words, cancel);

    /// <inheritdoc cref="IJobLists.ReadPastRunsAsync"/>
    public Task<IReadOnlyList<PastRun>> ReadPastRunsAsync(Job job, CancellationToken cancel) =>
        lists.ReadPastRunsAsync(job.Id, cancel);

    /// <summary>The webhook deliveries of a job.</summary>
    public Task<IReadOnlyList<DeliveryLog>> ReadDeliveriesAsync(Job job, CancellationToken cancel) =>
        deliveries.ReadDeliveriesAsync(job.Id, job.Account, cancel);

    /// <inheritdoc cref="IDeliveryStore.RedeliverAsync"/>
    public Task<bool> RedeliverAsync(long delivery, int account, CancellationToken cancel) =>
        deliveries.RedeliverAsync(delivery, account, cancel);

    /// <inheritdoc cref="IJobStore.CancelAsync"/>
    public async Task<CancelOutcome> CancelAsync(long id, int account, Model? model, bool force, CancellationToken cancel) =>
        await FindAsync(id, account, model, cancel) is null
            ? CancelOutcome.Unknown
            : await jobStore.CancelAsync(id, account, force, cancel);

    /// <summary>
    /// Deletes a job in any state, everything stored about it, and its files. A job that has not ended is cancelled, and its
    /// worker stops. False: the account has no such job.
    /// </summary>
    public async Task<bool> DeleteAsync(long id, int account, CancellationToken cancel)
    {
        if (await jobStore.DeleteAsync(id, account, cancel) is not { } job) return false;
        try
        {
            // The job no longer exists, so the files are deleted even if the client disconnects.
            foreach (var key in JobFileKeys.Of(job, files.Bucket)) await files.DeleteAsync(key, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // The file sweep deletes files that belong to no job.
        }
        return true;
    }

    /// <inheritdoc cref="IJobStore.ApproveAsync"/>
    public async Task<ApproveOutcome> ApproveAsync(long id, int account, Model? model, CancellationToken cancel) =>
        await FindAsync(id, account, model, cancel) is null
            ? ApproveOutcome.Unknown
            : await jobStore.ApproveAsync(id, account, cancel);

    /// <inheritdoc cref="IJobStore.MoveToFrontAsync"/>
    public Task<MoveOutcome> MoveToFrontAsync(long id, string actor, CancellationToken cancel) =>
        jobStore.MoveToFrontAsync(id, actor, cancel);

    /// <inheritdoc cref="IJobLists.PauseLaneAsync"/>
    public Task PauseLaneAsync(LanePause pause, string actor, CancellationToken cancel) =>
        lists.PauseLaneAsync(pause, actor, cancel);

    /// <summary>
    /// Records in the audit log what an operator is about to do to a job. Call it before the action, so that a crash in between
    /// cannot hide the action.
    /// </summary>
    /// <param name="force">Whether a running job is stopped too; null if that does not apply.</param>
    public Task RecordOperatorActionAsync(Job job, string actor, string action, bool? force, CancellationToken cancel) =>
        audit.AppendAuditAsync(
            new AuditEntry(actor, action, $"job {job.Id}", Detail.Of(("account", job.Account), ("force", force))), cancel);

    private async ValueTask<JobView?> FindStoredAsync(long id, int account, Model? model, CancellationToken cancel) =>
        await ReadAsync(id, account, model, cancel) is { } job ? JobView.Of(job) : null;
}
