using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;

namespace Rushes.Server.JobResponses;

/// <summary>A job with everything stored about it.</summary>
/// <param name="View">The job as it is now, with progress and estimates.</param>
internal sealed record ShownJob(Job Job, JobView View);

/// <param name="HasMore">Whether there are jobs after the last one.</param>
internal sealed record ShownPage(IReadOnlyList<ShownJob> Jobs, bool HasMore);

/// <summary>Finds and lists jobs for dialects whose responses show both the request and the current state.</summary>
internal sealed class JobReader(JobDesk desk)
{
    /// <param name="id">In any format.</param>
    /// <returns>Null if the account has no such job.</returns>
    public async ValueTask<ShownJob?> FindAsync(string id, int account, CancellationToken cancel) =>
        desk.NumberOf(id) is { } number ? await FindAsync(number, account, cancel) : null;

    /// <inheritdoc cref="FindAsync(string, int, CancellationToken)"/>
    public async ValueTask<ShownJob?> FindAsync(long id, int account, CancellationToken cancel)
    {
        if (await desk.FindAsync(id, account, null, cancel) is not { } view) return null;
        var job = view is JobView.Ended ended ? ended.Job : await desk.ReadAsync(id, account, null, cancel);
        return job is null ? null : new ShownJob(job, view);
    }

    /// <summary>A job right after its creation, without reading it from the database again.</summary>
    public async ValueTask<ShownJob?> FindAsync(SubmitResult.Accepted accepted, int account, CancellationToken cancel) =>
        accepted.Created is { } created
            && await desk.FindAsync(accepted.Id, account, null, cancel) is { } view and not JobView.Ended
            ? new ShownJob(new Job(accepted.Id, created), view)
            : await FindAsync(accepted.Id, account, cancel);

    /// <summary>A job right after its creation, with neither position nor estimate, for responses that show none.</summary>
    public async ValueTask<ShownJob?> FindPlainAsync(SubmitResult.Accepted accepted, int account, CancellationToken cancel)
    {
        if (accepted.Created is not { } created) return await FindAsync(accepted.Id, account, cancel);
        var job = new Job(accepted.Id, created);
        return new ShownJob(job, JobView.Of(job));
    }

    /// <summary>A page with as many jobs as the filter's limit, unless it is the last one.</summary>
    /// <param name="dialect">Its jobs are shown with their whole request.</param>
    public async Task<ShownPage> ListAsync(JobFilter filter, string dialect, CancellationToken cancel)
    {
        var found = new List<Job>();
        // One more than requested shows whether there are more.
        for (JobFilter? rest = filter; rest is not null && found.Count <= filter.Limit;)
        {
            var page = await desk.ListAsync(rest with { Limit = filter.Limit + 1 - found.Count }, cancel);
            found.AddRange(page.Jobs);
            rest = page.Next is not { } next ? null
                : filter.OldestFirst ? filter with { After = next }
                : filter with { Before = next };
        }
        var shown = new List<ShownJob>(found.Count);
        foreach (var job in found.Take(filter.Limit))
        {
            var view = job.State.IsFinished ? null : await desk.FindAsync(job.Id, job.Account, null, cancel);
            shown.Add(new ShownJob(await WholeAsync(job, dialect, cancel), view ?? JobView.Of(job)));
        }
        return new ShownPage(shown, found.Count > filter.Limit);
    }

    /// <summary>A list leaves out what is stored of a long request.</summary>
    private async ValueTask<Job> WholeAsync(Job job, string dialect, CancellationToken cancel) =>
        job.Echo is null && job.Dialect == dialect
            ? await desk.ReadAsync(job.Id, job.Account, null, cancel) ?? job
            : job;
}
