using System.Security.Cryptography;
using System.Web;
using Rushes.Files;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Tests for all file stores. The tests of a store inherit from this and open the store.</summary>
public abstract class FileStoreConformance : IDisposable
{
    private static readonly Uri Origin = new("http://gateway.example:8080");

    protected TempFolder Folder { get; } = new();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract IFileStore Store { get; }

    public virtual void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected string NewFile(byte[] content)
    {
        var path = Folder[Guid.NewGuid().ToString("N")];
        File.WriteAllBytes(path, content);
        return path;
    }

    private async Task<byte[]?> ContentAsync(string key)
    {
        await using var stream = await Store.OpenAsync(key, Cancel);
        if (stream is null) return null;
        var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancel);
        return content.ToArray();
    }

    [Theory]
    [InlineData("a.mp4")]
    [InlineData("results/2026/11/a.mp4")]
    [InlineData("a b+c&d=e%20?#é😀.mp4")]
    public async Task What_was_put_is_found_and_read(string key)
    {
        var content = RandomNumberGenerator.GetBytes(100_000);
        var put = await Store.PutAsync(key, NewFile(content), "video/mp4", Cancel);
        Assert.Equal((key, content.Length, "video/mp4"), (put.Key, put.Bytes, put.ContentType));
        Assert.Equal(content, await ContentAsync(key));

        var found = await Store.FindAsync(key, Cancel);
        Assert.Equal((put.Key, put.Bytes, put.ContentType, put.Tag), (found!.Key, found.Bytes, found.ContentType, found.Tag));
        // Some stores do not say when they stored a file, so the time at which their answer came is taken.
        Assert.Equal(put.ModifiedAt, found.ModifiedAt, TimeSpan.FromMinutes(5));
        Assert.DoesNotContain('"', found.Tag);
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        await Store.PutAsync("empty.txt", NewFile([]), "text/plain", Cancel);
        Assert.Equal(0, (await Store.FindAsync("empty.txt", Cancel))!.Bytes);
        Assert.Empty((await ContentAsync("empty.txt"))!);
    }

    [Fact]
    public async Task A_missing_file_is_null_and_deleting_it_is_fine()
    {
        Assert.Null(await Store.FindAsync("no/such.mp4", Cancel));
        Assert.Null(await Store.OpenAsync("no/such.mp4", Cancel));
        Assert.False(await Store.FetchAsync("no/such.mp4", Folder["fetched"], Cancel));
        Assert.False(File.Exists(Folder["fetched"]));
        await Store.DeleteAsync("no/such.mp4", Cancel);
    }

    [Fact]
    public async Task A_folder_is_no_file()
    {
        await Store.PutAsync("folder/a.mp4", NewFile([1]), "video/mp4", Cancel);
        Assert.Null(await Store.FindAsync("folder", Cancel));
        Assert.Null(await Store.OpenAsync("folder", Cancel));
        Assert.False(await Store.FetchAsync("folder", Folder["fetched"], Cancel));
        await Store.DeleteAsync("folder", Cancel);
        Assert.Equal(new byte[] { 1 }, await ContentAsync("folder/a.mp4"));
    }

    [Fact]
    public async Task A_second_put_replaces_the_first_and_changes_the_tag()
    {
        var tags = new HashSet<string>();
        for (byte i = 0; i < 20; i++)
        {
            tags.Add((await Store.PutAsync("a.mp4", NewFile([i]), "video/mp4", Cancel)).Tag);
            Assert.Equal(new[] { i }, await ContentAsync("a.mp4"));
        }
        Assert.Equal(20, tags.Count);
    }

    [Fact]
    public async Task An_open_stream_keeps_what_it_opened()
    {
        var first = RandomNumberGenerator.GetBytes(1000);
        await Store.PutAsync("a.mp4", NewFile(first), "video/mp4", Cancel);
        await using var stream = await Store.OpenAsync("a.mp4", Cancel);
        await Store.PutAsync("a.mp4", NewFile([1, 2, 3]), "video/mp4", Cancel);
        await Store.DeleteAsync("a.mp4", Cancel);
        var content = new MemoryStream();
        await stream!.CopyToAsync(content, Cancel);
        Assert.Equal(first, content.ToArray());
    }

    [Fact]
    public async Task What_was_fetched_stays_when_the_file_is_deleted()
    {
        await Store.PutAsync("a.mp4", NewFile([1, 2, 3]), "video/mp4", Cancel);
        Assert.True(await Store.FetchAsync("a.mp4", Folder["fetched.mp4"], Cancel));
        await Store.DeleteAsync("a.mp4", Cancel);
        Assert.Null(await Store.FindAsync("a.mp4", Cancel));
        Assert.Equal(new byte[] { 1, 2, 3 }, await File.ReadAllBytesAsync(Folder["fetched.mp4"], Cancel));
    }

    [Fact]
    public async Task Writing_into_what_was_fetched_leaves_the_stored_file_alone()
    {
        await Store.PutAsync("a.mp4", NewFile([1, 2, 3]), "video/mp4", Cancel);
        Assert.True(await Store.FetchAsync("a.mp4", Folder["fetched.mp4"], Cancel));
        await using (var fetched = new FileStream(Folder["fetched.mp4"], FileMode.Open, FileAccess.Write))
            fetched.Write([9, 9, 9]);
        Assert.Equal(new byte[] { 1, 2, 3 }, await ContentAsync("a.mp4"));
    }

    [Fact]
    public async Task A_folder_lists_what_lies_below_it()
    {
        string[] keys = ["inputs/a1/20261120/x.jpg", "inputs/a1/20261121/y z.jpg", "inputs/a10/20261120/z.jpg",
            "outputs/a1/1_1_é.mp4", "top.txt"];
        foreach (var key in keys) await Store.PutAsync(key, NewFile([1, 2, 3]), FileKey.ContentTypeOf(key), Cancel);

        Assert.Equal(keys, await KeysAsync(""));
        Assert.Equal(keys[..3], await KeysAsync("inputs/"));
        Assert.Equal(keys[..2], await KeysAsync("inputs/a1/"));
        Assert.Empty(await KeysAsync("none/"));
        await foreach (var listed in Store.ListAsync("outputs/", Cancel))
        {
            var found = await Store.FindAsync(listed.Key, Cancel);
            Assert.Equal((found!.Key, 3, "video/mp4", found.Tag), (listed.Key, listed.Bytes, listed.ContentType, listed.Tag));
            Assert.Equal(found.ModifiedAt, listed.ModifiedAt, TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public async Task A_list_may_be_deleted_while_it_is_read()
    {
        for (var i = 0; i < 30; i++) await Store.PutAsync($"old/{i}.txt", NewFile([1]), "text/plain", Cancel);
        await foreach (var listed in Store.ListAsync("old/", Cancel)) await Store.DeleteAsync(listed.Key, Cancel);
        Assert.Empty(await KeysAsync("old/"));
    }

    [Fact]
    public async Task A_file_that_is_deleted_while_its_folder_is_listed_is_left_out_or_listed_as_it_was()
    {
        for (var i = 0; i < 30; i++) await Store.PutAsync($"old/{i}.txt", NewFile([1]), "text/plain", Cancel);
        var listed = new List<string>();
        await foreach (var file in Store.ListAsync("old/", Cancel))
        {
            listed.Add(file.Key);
            for (var i = 0; i < 30 && listed.Count == 1; i++) await Store.DeleteAsync($"old/{i}.txt", Cancel);
        }
        Assert.InRange(listed.Count, 1, 30);
    }

    [Fact]
    public async Task What_a_killed_put_left_goes_when_it_is_old_enough()
    {
        await Store.PutAsync("whole.mp4", NewFile([1]), "video/mp4", Cancel);
        await LeaveUnfinishedAsync("left.mp4");
        await LeaveUnfinishedAsync("too.mp4");

        Assert.Equal(0, await Store.DropUnfinishedAsync(TimeProvider.System.GetUtcNow().AddHours(-1), Cancel));
        Assert.Equal(2, await Store.DropUnfinishedAsync(TimeProvider.System.GetUtcNow().AddHours(1), Cancel));
        Assert.Equal(0, await Store.DropUnfinishedAsync(TimeProvider.System.GetUtcNow().AddHours(1), Cancel));
        Assert.Equal(["whole.mp4"], await KeysAsync(""));
    }

    /// <summary>The state after a process was killed during a put.</summary>
    protected abstract Task LeaveUnfinishedAsync(string key);

    private async Task<List<string>> KeysAsync(string folder)
    {
        var keys = new List<string>();
        await foreach (var file in Store.ListAsync(folder, Cancel)) keys.Add(file.Key);
        keys.Sort(StringComparer.Ordinal);
        return keys;
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("a/./b")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\uD800b")]
    public async Task A_key_that_is_no_key_is_never_put_and_never_found(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(key, NewFile([1]), "video/mp4", Cancel));
        Assert.Throws<ArgumentException>(() => Store.Presign("GET", key, TimeSpan.FromHours(1), Origin));
        Assert.Null(await Store.FindAsync(key, Cancel));
        Assert.Null(await Store.OpenAsync(key, Cancel));
        Assert.False(await Store.FetchAsync(key, Folder["fetched"], Cancel));
        await Store.DeleteAsync(key, Cancel);
    }

    [Fact]
    public void A_key_that_is_too_long_is_no_key() =>
        Assert.Throws<ArgumentException>(
            () => Store.Presign("GET", string.Join('/', Enumerable.Repeat("long", 300)), TimeSpan.FromHours(1), Origin));

    [Fact]
    public void A_link_has_the_standard_fields()
    {
        var link = Store.Presign("GET", "results/a b.mp4", TimeSpan.FromHours(1), Origin);
        Assert.EndsWith($"/{Store.Bucket}/results/a%20b.mp4", link.GetLeftPart(UriPartial.Path), StringComparison.Ordinal);
        var query = HttpUtility.ParseQueryString(link.Query);
        Assert.Equal("AWS4-HMAC-SHA256", query["X-Amz-Algorithm"]);
        Assert.Equal("3600", query["X-Amz-Expires"]);
        Assert.Equal("host", query["X-Amz-SignedHeaders"]);
        Assert.Matches("^[0-9]{8}T[0-9]{6}Z$", query["X-Amz-Date"]!);
        Assert.Matches("^[^/]+/[0-9]{8}/[^/]+/s3/aws4_request$", query["X-Amz-Credential"]!);
        Assert.Matches("^[0-9a-f]{64}$", query["X-Amz-Signature"]!);
    }
}
