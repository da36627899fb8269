using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Engines;
using Rushes.Files;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>
/// Makes drafts beside the workers: a draft has no lease and uses no slot, and its failure does not affect its job.
/// </summary>
/// <param name="scratch">A folder for drafts only.</param>
public sealed class DraftRunner(
    IDraftStore draftStore, LocalJobSource source, IFileStore files, Backlog backlog, IEngine engine, ModelCatalog catalog,
    string scratch,
    TimeProvider clock, ILogger<DraftRunner> log)
{
    /// <summary>The time limit of a draft.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>After this time another gateway may claim the draft, because this one must have crashed.</summary>
    private static readonly TimeSpan Held = Limit + TimeSpan.FromSeconds(30);

    private static readonly string[] Bell = ["drafts"];

    private readonly Doorbell doorbell = new();
    /// <summary>The account whose draft was claimed last.</summary>
    private volatile int served;

    private readonly JobRun run = new(source, engine, catalog, clock, log);

    /// <summary>Applies the changes of one commit.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i] is not { State: JobState.Pending or JobState.Awaiting, Draft.State: DraftState.Wanted }) continue;
            doorbell.Ring(Bell);
            return;
        }
    }

    /// <param name="atOnce">The number of drafts made at the same time.</param>
    public Task RunAsync(int atOnce, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(1, atOnce).Select(_ => ServeAsync(stop)));

    private async Task ServeAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // The ticket is taken before the query, so that a draft requested in between wakes this loop.
                using var ticket = doorbell.Take(Bell);
                if (backlog.Count > 0 && await draftStore.TakeDraftAsync(clock.GetUtcNow() + Held, served, stop) is { } task)
                {
                    served = task.Job.Account;
                    await MakeAsync(task, stop);
                }
                // Another gateway may have left one unfinished, so it looks again after a while.
                else await ticket.Rung.WaitAsync(Held, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // An unfinished draft is claimed again at the next start.
            }
            catch (Exception error)
            {
                if (error is not DatabaseAwayException) log.DraftStumbled(error);
                await Task.Delay(TimeSpan.FromSeconds(5), clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task MakeAsync(DraftTask task, CancellationToken stop)
    {
        var job = task.Job with { Plan = Quick(task.Job.Plan) };
        var folder = new Folder(scratch).Sub($"{job.Id}-{task.Fence}").Create().FullPath;
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        using var span = JobTrace.Part(job, "draft");
        try
        {
            var made = await run.MakeAsync(
                new Lease(job, task.Fence, "", clock.GetUtcNow() + Held), folder, _ => { }, either.Token);
            await EndAsync(task, made is RunResult.Video video ? video.Path : null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            await EndAsync(task, null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task EndAsync(DraftTask task, string? path)
    {
        if (path is null) log.DraftFailed(task.Job.Id);
        var key = path is null ? null : KeyOf(task);
        if (key is not null) await files.PutAsync(key, path!, "video/mp4", CancellationToken.None);
        if (await draftStore.EndDraftAsync(task.Job.Id, task.Fence, key, CancellationToken.None) || key is null) return;
        await files.DeleteAsync(key, CancellationToken.None);
    }

    /// <summary>Next to the result, with the same retention.</summary>
    private static string KeyOf(DraftTask task) => OutputKey.OfDraft(task.Job.Account, task.Job.Id, task.Fence, task.Job.Model);

    /// <summary>In the rendered size, without upscaling and interpolation, encoded with the fastest preset.</summary>
    private static RenderPlan Quick(RenderPlan plan) => plan with { Delivery = plan.Render, Preset = "ultrafast" };
}
