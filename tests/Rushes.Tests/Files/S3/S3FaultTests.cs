using System.Security.Cryptography;
using Rushes.Files;
using Rushes.Files.S3;
using Xunit;

namespace Rushes.Tests.Files.S3;

/// <summary>A real S3 server behind a failing connection: a file is stored completely or not at all.</summary>
public sealed class S3FaultTests(S3Server server) : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private S3Options options = null!;
    private FaultyLine line = null!;
    private S3FileStore store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var bucket = await server.NewBucketAsync(Cancel);
        line = new FaultyLine(bucket.Endpoint);
        options = bucket with { Endpoint = line.Address, PartBytes = 5 << 20 };
        store = await OpenAsync(options);
        // The end of a response to the check must not use up the fault that a test asks for.
        line.HangUp();
    }

    public async ValueTask DisposeAsync()
    {
        store.Dispose();
        await line.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_busy_server_is_asked_again()
    {
        var (path, content) = NewFile(100_000);
        line.AnswerBusy(3);
        await store.PutAsync("a.mp4", path, "video/mp4", Cancel);
        Assert.Equal(3, line.Faults);
        Assert.Equal(content, await ReadAsync("a.mp4"));
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(12_000_000)]
    public async Task A_put_that_is_cut_is_done_again_as_a_whole(int bytes)
    {
        var (path, content) = NewFile(bytes);
        line.CutUpload(700_000);
        var put = await store.PutAsync("a.mp4", path, "video/mp4", Cancel);
        Assert.Equal((bytes, 1), (put.Bytes, line.Faults));
        Assert.Equal(content, await ReadAsync("a.mp4"));
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(6_000_000)]
    public async Task A_put_whose_answer_is_lost_is_done_again(int bytes)
    {
        var (path, content) = NewFile(bytes);
        line.CutDownload(10);
        await store.PutAsync("a.mp4", path, "video/mp4", Cancel);
        Assert.Equal(1, line.Faults);
        Assert.Equal(content, await ReadAsync("a.mp4"));
    }

    [Fact]
    public async Task A_silent_line_is_given_up_and_the_put_done_again()
    {
        var (path, content) = NewFile(100_000);
        using var brief = await OpenAsync(options with { Timeout = TimeSpan.FromSeconds(4) });
        line.FallSilent(1);
        await brief.PutAsync("a.mp4", path, "video/mp4", Cancel);
        Assert.Equal(1, line.Faults);
        Assert.Equal(content, await ReadAsync("a.mp4"));
    }

    [Fact]
    public async Task A_read_that_is_cut_goes_on_where_it_was()
    {
        var (path, content) = NewFile(8_000_000);
        await store.PutAsync("a.mp4", path, "video/mp4", Cancel);
        line.CutDownload(3_000_000);
        Assert.Equal(content, await ReadAsync("a.mp4"));
        Assert.Equal(1, line.Faults);

        line.CutDownload(3_000_000);
        Assert.True(await store.FetchAsync("a.mp4", folder["fetched"], Cancel));
        Assert.Equal(content, await File.ReadAllBytesAsync(folder["fetched"], Cancel));
        Assert.Equal(2, line.Faults);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.part"));
    }

    [Fact]
    public async Task A_read_never_goes_on_in_another_file()
    {
        await store.PutAsync("a.mp4", NewFile(8_000_000).Path, "video/mp4", Cancel);
        line.CutDownload(3_000_000);
        await using var content = (await store.OpenAsync("a.mp4", Cancel))!;
        await store.PutAsync("a.mp4", NewFile(8_000_000).Path, "video/mp4", Cancel);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => content.CopyToAsync(Stream.Null, Cancel));
    }

    [Fact]
    public async Task A_server_that_stays_away_ends_in_an_error_and_nothing_is_stored()
    {
        using var hasty = await OpenAsync(options with { Patience = TimeSpan.FromSeconds(1) });
        line.AnswerBusy(1_000_000);
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => hasty.PutAsync("a.mp4", NewFile(6_000_000).Path, "video/mp4", Cancel));
        Assert.Contains("503 SlowDown", error.Message, StringComparison.Ordinal);
        line.AnswerBusy(0);
        Assert.Null(await store.FindAsync("a.mp4", Cancel));
    }

    private (string Path, byte[] Content) NewFile(int bytes)
    {
        var content = RandomNumberGenerator.GetBytes(bytes);
        var path = folder[Guid.NewGuid().ToString("n")];
        File.WriteAllBytes(path, content);
        return (path, content);
    }

    private async Task<byte[]> ReadAsync(string key)
    {
        await using var content = (await store.OpenAsync(key, Cancel))!;
        var read = new MemoryStream();
        await content.CopyToAsync(read, Cancel);
        return read.ToArray();
    }

    private static Task<S3FileStore> OpenAsync(S3Options options) =>
        S3FileStore.OpenAsync(options, S3Server.Credentials, TimeProvider.System, Cancel);
}
