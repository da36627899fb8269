using System.Security.Cryptography;
using Rushes.Files;
using Rushes.Files.Local;
using Rushes.Tests.Conformance;
using Xunit;

namespace Rushes.Tests.Files;

public sealed class LocalFileStoreTests : FileStoreConformance
{
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private LocalFileStore? store;

    protected override IFileStore Store => Local;

    private LocalFileStore Local => store ??= NewStore();

    protected override Task LeaveUnfinishedAsync(string key) => File.WriteAllTextAsync(Local.Incoming.File(key), "x", Cancel);

    private LocalFileStore NewStore() => new(Folder["store"], "rushes", secret, TimeProvider.System);

    [Fact]
    public async Task Tags_and_links_outlive_a_restart()
    {
        var put = await Local.PutAsync("a.mp4", NewFile([1]), "video/mp4", Cancel);
        var link = Local.Presign("GET", "a.mp4", TimeSpan.FromHours(1), new Uri("http://localhost"));
        var restarted = NewStore();
        Assert.Equal(put, await restarted.FindAsync("a.mp4", Cancel));
        Assert.Equal(LinkCheck.Good, restarted.Verify("GET", "localhost", "/rushes/a.mp4", link.Query));
    }

    [Fact]
    public async Task A_put_moves_the_file_and_leaves_nothing_half_done()
    {
        var path = NewFile([1]);
        await Local.PutAsync("folder/a.mp4", path, "video/mp4", Cancel);
        Assert.False(File.Exists(path));
        Assert.Empty(Directory.GetFiles(Local.Incoming.FullPath));
    }

    [Fact]
    public async Task A_file_that_is_a_folder_elsewhere_in_a_key_is_not_followed()
    {
        await Local.PutAsync("a", NewFile([1]), "text/plain", Cancel);
        Assert.Null(await Local.FindAsync("a/b", Cancel));
        Assert.Null(await Local.OpenAsync("a/b", Cancel));
        Assert.False(await Local.FetchAsync("a/b", Folder["fetched"], Cancel));
        await Local.DeleteAsync("a/b", Cancel);
    }
}
