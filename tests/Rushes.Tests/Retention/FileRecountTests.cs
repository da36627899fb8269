using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Files;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Retention;
using Xunit;

namespace Rushes.Tests.Retention;

/// <summary>Corrects counts after a process was killed between storing and counting a file.</summary>
public sealed class FileRecountTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly FakeClock clock = new();
    private IDatabase database = null!;
    private LocalFileStore store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await SqliteDatabase.OpenAsync(folder["jobs.db"], new RetryPolicy(), clock);
        store = new LocalFileStore(folder["files"], "rushes", new byte[32], clock);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task What_is_put_and_deleted_is_counted()
    {
        var files = new CountedFiles(store, database.FileCounts);
        await PutAsync(files, "inputs/a1/20260101/x", 100);
        await PutAsync(files, "outputs/a2/1_1_m.mp4", 20);
        await PutAsync(files, "owner.txt", 7);
        Assert.Equal((100, 20), (await database.FileCounts.ReadStoredBytesAsync(1, Cancel),
            await database.FileCounts.ReadStoredBytesAsync(2, Cancel)));

        await files.DeleteAsync("inputs/a1/20260101/x", Cancel);
        Assert.Equal(0, await database.FileCounts.ReadStoredBytesAsync(1, Cancel));
    }

    [Fact]
    public async Task Counts_are_made_what_is_stored()
    {
        await PutAsync(store, "inputs/a1/20260101/uncounted", 100);
        await PutAsync(store, "outputs/a1/1_1_m.mp4", 20);
        await database.FileCounts.CountFilesAsync([new("outputs/a1/1_1_m.mp4", 1, 25), new("outputs/a1/never", 1, 1000)], Cancel);
        clock.Advance(TimeSpan.FromHours(2));
        await database.FileCounts.CountFilesAsync([new("outputs/a1/on-its-way", 1, 3)], Cancel);
        // A request that is deleting this file has removed it from the counts already.
        await PutAsync(store, "inputs/a1/20260101/being-deleted", 1000);

        await new FileRecount(database.FileCounts, store, clock).RunAsync(Cancel);

        Assert.Equal(123, await database.FileCounts.ReadStoredBytesAsync(1, Cancel));
    }

    private async Task PutAsync(IFileStore files, string key, int bytes)
    {
        await File.WriteAllBytesAsync(folder["file"], new byte[bytes], Cancel);
        await files.PutAsync(key, folder["file"], "application/octet-stream", Cancel);
    }
}
