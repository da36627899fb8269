using System.Text;
using System.Text.Json;
using Rushes.Engines;
using Rushes.Tests.Intake;
using Xunit;

namespace Rushes.Tests.Engines;

public sealed class VideoReplyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task The_video_goes_to_the_file_and_the_rest_is_read(int piece)
    {
        using var folder = new TempFolder();
        var video = new byte[1000];
        new Random(1).NextBytes(video);
        var encoded = Convert.ToBase64String(video);
        var json = $$"""{"id":"a\"b64_json\":","result":{"b64_json":"{{encoded}}","fps":16},"status":"completed"}""";

        var rest = await VideoReply.ReadAsync(
            new ChoppedStream(Encoding.UTF8.GetBytes(json), piece), folder["v.webm"], TestContext.Current.CancellationToken);

        Assert.Equal("completed", rest.GetProperty("status").GetString());
        Assert.Equal(16, rest.GetProperty("result").GetProperty("fps").GetInt32());
        Assert.Equal(video, await File.ReadAllBytesAsync(folder["v.webm"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("""{"status":"generating","result":null}""")]
    [InlineData("""{"status":"generating","result":{"b64_json":null}}""")]
    public async Task A_job_without_a_video_leaves_an_empty_file(string json)
    {
        using var folder = new TempFolder();

        var rest = await VideoReply.ReadAsync(
            new MemoryStream(Encoding.UTF8.GetBytes(json)), folder["v.webm"], TestContext.Current.CancellationToken);

        Assert.Equal("generating", rest.GetProperty("status").GetString());
        Assert.Equal(0, new FileInfo(folder["v.webm"]).Length);
    }

    [Fact]
    public async Task An_answer_with_half_of_a_surrogate_pair_in_a_name_is_unreadable() =>
        await Assert.ThrowsAsync<JsonException>(() => VideoReply.ReadAsync(
            new MemoryStream("{\"\\ud800\": 1}"u8.ToArray()), null, TestContext.Current.CancellationToken));

    [Fact]
    public async Task An_answer_that_breaks_off_is_no_answer()
    {
        using var folder = new TempFolder();
        var json = """{"result":{"b64_json":"AAAA"""u8.ToArray();

        await Assert.ThrowsAnyAsync<JsonException>(
            () => VideoReply.ReadAsync(new MemoryStream(json), folder["v.webm"], TestContext.Current.CancellationToken));
    }
}
