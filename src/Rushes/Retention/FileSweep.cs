using Rushes.Database;
using Rushes.Files;

namespace Rushes.Retention;

/// <summary>
/// Deletes old files and files that belong to no job: the video of a killed run, the files of a request that was rejected,
/// those of a deleted job, unfinished uploads. It looks up the job of each file, so it can be interrupted and repeated. Files
/// with unknown names are kept.
/// </summary>
public sealed class FileSweep(IRetentionStore retention, IFileStore files, KeepRules keep, TimeProvider clock)
{
    private const int AtOnce = 500;

    public async Task<Swept> RunAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var swept = new Swept();
        if (keep.Strays is { } age) swept.Unfinished = await files.DropUnfinishedAsync(now - age, cancel);

        await foreach (var file in files.ListAsync(UploadKey.Folder, cancel))
        {
            if (file.ModifiedAt < now - keep.Uploads) swept.Expired += await DeleteAsync(file, cancel);
            else if (UploadKey.IsPart(file.Key)) swept.Strays += await DeleteStrayAsync(file, now, cancel);
        }

        await foreach (var file in files.ListAsync(CheckKey.Folder, cancel))
            swept.Strays += await DeleteStrayAsync(file, now, cancel);

        await foreach (var page in PagesAsync(InputKey.Folder, cancel))
            await SweepInputsAsync(page, swept, now, cancel);
        await foreach (var page in PagesAsync(OutputKey.Folder, cancel))
            await SweepOutputsAsync(page, swept, now, cancel);
        return swept;
    }

    private async Task SweepInputsAsync(List<StoredFile> page, Swept swept, DateTimeOffset now, CancellationToken cancel)
    {
        var named = page.Select(file => (File: file, Set: InputKey.SetOf(file.Key))).Where(each => each.Set is not null).ToList();
        var jobs = (await retention.ReadFilesAsync([.. named.Select(each => each.Set!).Distinct()], cancel)).ToDictionary(
            job => job.InputSet!);
        foreach (var (file, set) in named)
        {
            if (!jobs.TryGetValue(set!, out var job)) swept.Strays += await DeleteStrayAsync(file, now, cancel);
            else if (job.EndedAt < now - keep.Inputs) swept.Expired += await DeleteAsync(file, cancel);
        }
    }

    private async Task SweepOutputsAsync(List<StoredFile> page, Swept swept, DateTimeOffset now, CancellationToken cancel)
    {
        var named = page.Select(file => (File: file, Job: OutputKey.JobOf(file.Key)))
            .Where(each => each.Job is not null)
            .ToList();
        var jobs = (await retention.ReadFilesAsync([.. named.Select(each => each.Job!.Value).Distinct()], cancel)).ToDictionary(
            job => job.Id);
        foreach (var (file, id) in named)
        {
            if (!jobs.TryGetValue(id!.Value, out var job)) swept.Strays += await DeleteStrayAsync(file, now, cancel);
            // The worker of an unfinished job may be about to report this video.
            else if (job.EndedAt is null) continue;
            else if (file.Key != job.ResultKey && file.Key != job.DraftKey && !OutputKey.IsImage(file.Key))
                swept.Strays += await DeleteStrayAsync(file, now, cancel);
            else if (job.EndedAt < now - keep.Outputs) swept.Expired += await DeleteAsync(file, cancel);
        }
    }

    private async Task<int> DeleteStrayAsync(StoredFile file, DateTimeOffset now, CancellationToken cancel) =>
        file.ModifiedAt < now - keep.Strays ? await DeleteAsync(file, cancel) : 0;

    private async Task<int> DeleteAsync(StoredFile file, CancellationToken cancel)
    {
        await files.DeleteAsync(file.Key, cancel);
        return 1;
    }

    private async IAsyncEnumerable<List<StoredFile>> PagesAsync(
        string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var page = new List<StoredFile>(AtOnce);
        await foreach (var file in files.ListAsync(folder, cancel))
        {
            page.Add(file);
            if (page.Count < AtOnce) continue;
            yield return page;
            page.Clear();
        }
        if (page.Count > 0) yield return page;
    }
}

/// <summary>How many files were deleted.</summary>
public sealed record Swept
{
    /// <summary>Older than the retention time.</summary>
    public int Expired { get; set; }

    /// <summary>They belonged to no job.</summary>
    public int Strays { get; set; }

    /// <summary>Uploads that were not finished.</summary>
    public int Unfinished { get; set; }
}
