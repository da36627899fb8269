using System.Security.Cryptography;
using Rushes.Files;
using Rushes.Files.Local;
using Rushes.Files.S3;
using Xunit;

namespace Rushes.Tests.Files;

public sealed class StoreCopyTests(S3Server server) : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly SortedDictionary<string, byte[]> contents = new(StringComparer.Ordinal);
    private LocalFileStore local = null!;
    private S3FileStore remote = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        local = new LocalFileStore(folder["local"], "films", new byte[32], TimeProvider.System);
        remote = await S3FileStore.OpenAsync(
            await server.NewBucketAsync(Cancel) with { PartBytes = 5 << 20 }, S3Server.Credentials, TimeProvider.System, Cancel);
        foreach (var (key, bytes) in new[]
            { ("inputs/a1/20261121/x y.jpg", 1000), ("outputs/a1/1_1_é.mp4", 6_000_000), ("uploads/a2/empty", 0) })
            await PutAsync(key, RandomNumberGenerator.GetBytes(bytes));
    }

    public ValueTask DisposeAsync()
    {
        remote.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_file_goes_to_s3_and_back()
    {
        Assert.Equal((3, 6_001_000), await Copy(local, remote, "there").CountAsync(Cancel));
        Assert.Equal([Copied.Now, Copied.Now, Copied.Now], await RunAsync(local, remote, "there"));
        Assert.Equal(contents, await ReadAsync(remote));

        var back = new LocalFileStore(folder["back"], "films", new byte[32], TimeProvider.System);
        Assert.Equal([Copied.Now, Copied.Now, Copied.Now], await RunAsync(remote, back, "back again"));
        Assert.Equal(contents, await ReadAsync(back));
        Assert.Empty(Directory.GetFiles(folder["scratch"]));
    }

    [Fact]
    public async Task A_second_run_copies_what_came_changed_or_is_missing_and_nothing_else()
    {
        await RunAsync(local, remote, "journal");
        Assert.Equal([Copied.Before, Copied.Before, Copied.Before], await RunAsync(local, remote, "journal"));

        await PutAsync("new.txt", [1]);
        await PutAsync("inputs/a1/20261121/x y.jpg", RandomNumberGenerator.GetBytes(1000));
        await remote.DeleteAsync("uploads/a2/empty", Cancel);
        Assert.Equal([Copied.Before, Copied.Now, Copied.Now, Copied.Now], await RunAsync(local, remote, "journal"));
        Assert.Equal(contents, await ReadAsync(remote));
    }

    [Fact]
    public async Task Without_its_journal_it_reads_copies_and_keeps_those_that_are_right()
    {
        await RunAsync(local, remote, "journal");
        // As long as it should be, but not what it should be.
        await File.WriteAllBytesAsync(folder["wrong"], new byte[1000], Cancel);
        await remote.PutAsync("inputs/a1/20261121/x y.jpg", folder["wrong"], "image/jpeg", Cancel);

        Assert.Equal([Copied.Before, Copied.Before, Copied.Now], await RunAsync(local, remote, "another journal"));
        Assert.Equal(contents, await ReadAsync(remote));
    }

    [Fact]
    public void A_journal_of_another_copy_counts_for_nothing()
    {
        var file = new StoredFile("a.txt", 1, "text/plain", "tag", default);
        using (var first = new CopyJournal(folder["journal"], "a -> b")) first.Add(file);
        using (var same = new CopyJournal(folder["journal"], "a -> b"))
        {
            Assert.True(same.Holds(file));
            Assert.False(same.Holds(file with { Tag = "other" }));
        }
        using var other = new CopyJournal(folder["journal"], "a -> c");
        Assert.False(other.Holds(file));
    }

    private async Task PutAsync(string key, byte[] content)
    {
        var path = folder[Guid.NewGuid().ToString("n")];
        await File.WriteAllBytesAsync(path, content, Cancel);
        await local.PutAsync(key, path, "x", Cancel);
        contents[key] = content;
    }

    private async Task<Copied[]> RunAsync(IFileStore from, IFileStore to, string journal)
    {
        var done = new List<Copied>();
        using var kept = new CopyJournal(folder[journal], journal);
        await new StoreCopy(from, to, kept, Directory.CreateDirectory(folder["scratch"]).FullName).RunAsync(
            (_, how) => { lock (done) done.Add(how); }, Cancel);
        return [.. done.OrderDescending()];
    }

    private StoreCopy Copy(IFileStore from, IFileStore to, string journal)
    {
        using var kept = new CopyJournal(folder[journal], journal);
        return new StoreCopy(from, to, kept, folder.Path);
    }

    private static async Task<SortedDictionary<string, byte[]>> ReadAsync(IFileStore store)
    {
        var all = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        await foreach (var file in store.ListAsync("", Cancel))
        {
            await using var content = (await store.OpenAsync(file.Key, Cancel))!;
            var read = new MemoryStream();
            await content.CopyToAsync(read, Cancel);
            all[file.Key] = read.ToArray();
        }
        return all;
    }
}
