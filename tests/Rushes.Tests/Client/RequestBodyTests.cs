using System.Text.Json;
using Rushes.Client;
using Xunit;

namespace Rushes.Tests.Client;

/// <summary>Bodies with media in them, as they are sent.</summary>
public sealed class RequestBodyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(48 * 1024 - 1, 48 * 1024)]
    [InlineData(48 * 1024 + 1, 200_000)]
    public async Task Media_arrive_as_they_were_in_a_body_of_the_length_that_was_told(int first, int second)
    {
        var (picture, sound) = (Bytes(first), Bytes(second));
        using var body = RequestFields.Of(new SpeechToVideo("Say \"hä\"", MediaInput.Bytes(picture), MediaInput.Bytes(sound))
        {
            Duration = TimeSpan.FromSeconds(1.5), Draft = DraftMode.First, HigherQuality = true,
            Webhook = new Uri("https://example.com/a?b=c&d"),
            More = new() { ["strength"] = 0.5, ["tags"] = new System.Text.Json.Nodes.JsonArray("x"), ["nothing"] = null },
        })();
        var sent = await body.ReadAsByteArrayAsync(Cancel);

        Assert.Equal(sent.Length, body.Headers.ContentLength);
        var json = JsonDocument.Parse(sent).RootElement;
        Assert.Equal(picture, json.GetProperty("data_uri").GetBytesFromBase64());
        Assert.Equal(sound, json.GetProperty("audio_uri").GetBytesFromBase64());
        Assert.Equal("Say \"hä\"", json.GetProperty("prompt").GetString());
        Assert.Equal(1.5, json.GetProperty("duration").GetDouble());
        Assert.True(json.GetProperty("draft").GetBoolean());
        Assert.Equal("https://example.com/a?b=c&d", json.GetProperty("webhook_url").GetString());
        Assert.Equal(0.5, json.GetProperty("strength").GetDouble());
        Assert.False(json.TryGetProperty("nothing", out _));
        Assert.False(json.TryGetProperty("seed", out _));
    }

    [Fact]
    public async Task A_medium_is_read_no_faster_than_it_is_sent()
    {
        var source = new Slow(20 << 20);
        using var body = RequestFields.Of(new Foley(MediaInput.Stream(_ => new(source))))();
        Assert.Null(body.Headers.ContentLength);
        using var sent = new Counted(source);
        await body.CopyToAsync(sent, Cancel);
        Assert.True(sent.Furthest <= 64 * 1024, $"{sent.Furthest} bytes were read ahead");
        Assert.Equal("{\"data_uri\":\"\"}".Length + (((20 << 20) + 2) / 3 * 4), sent.Length);
    }

    [Fact]
    public async Task A_medium_that_cannot_be_read_is_no_broken_connection()
    {
        using var folder = new TempFolder();
        using var body = RequestFields.Of(new Foley(MediaInput.Stream(_ => throw new IOException("gone"))))();
        Assert.Equal(
            "unreadable_media", (await Assert.ThrowsAsync<RushesException>(() => body.CopyToAsync(Stream.Null, Cancel))).Code);
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A stream of this many zeros.</summary>
    private sealed class Slow(int length) : MemoryStream
    {
        public int Taken { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(buffer.Length, length - Taken);
            Taken += count;
            return new(count);
        }
    }

    /// <summary>Consumes the body and measures how far ahead it is read.</summary>
    private sealed class Counted(Slow source) : MemoryStream
    {
        private long taken;

        public long Furthest { get; private set; }

        public override long Length => taken;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Furthest = Math.Max(Furthest, source.Taken - (taken * 3 / 4));
            taken += buffer.Length;
            return default;
        }
    }
}
