using Rushes.Database;
using Rushes.Files;

namespace Rushes.Retention;

/// <summary>
/// Goes through the file store and removes what is too old and what belongs to no job: a killed run's video, the files of a
/// request that was never taken in, those of a job that is gone, what a look at the store left. It looks each file's job up,
/// so it may stop anywhere and begin anew; and it leaves alone whatever it does not know the name of.
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
            if (file.ModifiedAt < now - keep.Uploads) swept.Expired += await DeleteAsync(file, cancel);

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
            // A live job's worker may be about to say that this is its video.
            else if (job.EndedAt is null) continue;
            else if (file.Key != job.ResultKey && file.Key != job.DraftKey)
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

/// <summary>How many files went.</summary>
public sealed record Swept
{
    /// <summary>Their time was over.</summary>
    public int Expired { get; set; }

    /// <summary>They belonged to no job.</summary>
    public int Strays { get; set; }

    /// <summary>Puts that never ended.</summary>
    public int Unfinished { get; set; }
}
