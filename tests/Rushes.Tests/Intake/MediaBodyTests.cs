using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Rushes.Intake;
using Xunit;

namespace Rushes.Tests.Intake;

public sealed class MediaBodyTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private MediaBodyOptions Options => new() { Folder = folder.Path };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<MediaBody> ReadAsync(byte[] body, MediaBodyOptions? options = null, params int[] sizes)
    {
        var reader = PipeReader.Create(new ChoppedStream(body, sizes.Length == 0 ? [4096] : sizes));
        var read = await MediaBody.ReadAsync(reader, options ?? Options, Cancel);
        await reader.CompleteAsync();
        return read;
    }

    private Task<MediaBody> ReadAsync(string body, MediaBodyOptions? options = null, params int[] sizes) =>
        ReadAsync(Encoding.UTF8.GetBytes(body), options, sizes);

    private async Task<byte[]> OnlyMediaAsync(string value)
    {
        using var read = Assert.IsType<MediaBody.Read>(await ReadAsync($$"""{"data_uri":"{{value}}"}"""));
        return await File.ReadAllBytesAsync(Assert.Single(read.Media).File, Cancel);
    }

    /// <summary>Some encoders leave the bits behind the last byte as they were.</summary>
    [Theory]
    [InlineData("QR==", "A")]
    [InlineData("QX", "A")]
    [InlineData("QUJ=", "AB")]
    [InlineData("QUL=", "AB")]
    [InlineData("_-_-_-__", null)]
    [InlineData("QU_", "AO")]
    public async Task Bits_behind_the_last_byte_mean_nothing(string value, string? text)
    {
        var media = await OnlyMediaAsync(new string('A', 40_000) + value);
        Assert.Equal(30_000 + (text?.Length ?? 6), media.Length);
        if (text is not null) Assert.Equal(text, Encoding.ASCII.GetString(media[30_000..]));
    }

    private void NothingLeftBehind() => Assert.Empty(Directory.GetFileSystemEntries(folder.Path));

    [Fact]
    public async Task Media_goes_to_a_file_and_the_rest_is_parsed()
    {
        var picture = RandomNumberGenerator.GetBytes(300_000);
        using (var read = Assert.IsType<MediaBody.Read>(await ReadAsync(
            $$"""{"prompt":"a \"cat\"","input":[{"audio_uri":"{{Convert.ToBase64String(picture)}}"}],"seed":7}""")))
        {
            var media = Assert.Single(read.Media);
            Assert.Equal("audio_uri", media.Name);
            Assert.Equal("$.input[0].audio_uri", media.Path);
            Assert.Equal(picture.Length, media.Bytes);
            Assert.Equal(SHA256.HashData(picture), media.Sha256);
            Assert.Equal(picture, await File.ReadAllBytesAsync(media.File, Cancel));
            Assert.Equal("a \"cat\"", read.Root.GetProperty("prompt").GetString());
            Assert.Equal(7, read.Root.GetProperty("seed").GetInt32());
            Assert.Same(media, read.Find(read.Root.GetProperty("input")[0].GetProperty("audio_uri")));
        }
        NothingLeftBehind();
    }

    [Theory]
    [InlineData("http://example.com/a.png")]
    [InlineData("HTTPS://example.com/a.png?x=1&y=%20")]
    [InlineData("s3://bucket/key")]
    [InlineData("r2://bucket/key")]
    [InlineData("  https://example.com")]
    [InlineData("s3://")]
    public async Task A_link_stays_a_string(string link)
    {
        using var read = Assert.IsType<MediaBody.Read>(await ReadAsync($$"""{"data_uri":"{{link}}"}""", null, 1));
        Assert.Empty(read.Media);
        Assert.Equal(link, read.Root.GetProperty("data_uri").GetString());
        Assert.Null(read.Find(read.Root.GetProperty("data_uri")));
    }

    [Fact]
    public async Task A_link_may_be_escaped()
    {
        using var read = Assert.IsType<MediaBody.Read>(await ReadAsync("""{"image_url":"https:\/\/example.com\/caf\u00e9"}"""));
        Assert.Equal("https://example.com/café", read.Root.GetProperty("image_url").GetString());
    }

    [Theory]
    [InlineData("aGVsbG8=")]
    [InlineData("aGVsbG8")]
    [InlineData("data:text/plain;base64,aGVsbG8=")]
    [InlineData("DATA:;BASE64,aGVsbG8=")]
    [InlineData("data:image\\/png;name=x;base64,aGVsbG8")]
    [InlineData("aGVs\\nbG8=\\r\\n")]
    [InlineData("\\n\\taGVs bG8=")]
    [InlineData("aGVs\nbG8=\n")]
    [InlineData("aGVsbG8\\u003d")]
    [InlineData("\\u0061GVsbG8\\u003D")]
    public async Task Base64_is_taken_in_every_usual_form(string value) =>
        Assert.Equal("hello"u8.ToArray(), await OnlyMediaAsync(value));

    [Theory]
    [InlineData("+/+/")]
    [InlineData("-_-_")]
    [InlineData("+_-/")]
    [InlineData("\\u002B\\/\\u002b\\u002F")]
    public async Task Both_alphabets_are_taken(string value) =>
        Assert.Equal(new byte[] { 0xFB, 0xFF, 0xBF }, await OnlyMediaAsync(value));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("data:image/png;base64,")]
    [InlineData("=")]
    [InlineData("AAAA=")]
    [InlineData("AA===")]
    [InlineData("AA==AAAA")]
    [InlineData("AAAAA")]
    [InlineData("AAA%")]
    [InlineData("AAA\\u00e9")]
    [InlineData("AAAé")]
    [InlineData("AAA\\b")]
    [InlineData("picture.png")]
    [InlineData("ftp://example.com/a")]
    [InlineData("data:image/png,AAAA")]
    [InlineData("data:image/png;base64")]
    public async Task What_is_not_base64_is_rejected_by_name(string value)
    {
        for (var size = 1; size < 40; size += 38)
        {
            var rejected = Assert.IsType<MediaBody.Rejected>(
                await ReadAsync("{\"a\":{\"data_uri\":\"" + value + "\"}}", null, size));
            Assert.Equal("bad_base64", rejected.Code);
            Assert.Equal("a.data_uri", rejected.Field);
            Assert.StartsWith("a.data_uri ", rejected.Message, StringComparison.Ordinal);
        }
        NothingLeftBehind();
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \n", "empty")]
    [InlineData("[]", "object")]
    [InlineData("\"x\"", "object")]
    [InlineData("null", "object")]
    [InlineData("\uFEFF{}", "byte order mark")]
    [InlineData("{\"a\":1,\"a\":2}", "stands twice")]
    [InlineData("{\"a\":1,\"\\u0061\":2}", "stands twice")]
    [InlineData("{\"data_uri\":\"AAAA\",\"data_uri\":\"AAAA\"}", "stands twice")]
    [InlineData("{\"a\":\"\\uD800\"}", "surrogate")]
    [InlineData("{\"a\":\"\\uDC00x\"}", "surrogate")]
    [InlineData("{\"a\":\"\\uD800\\u0041\"}", "surrogate")]
    [InlineData("{\"\\uD800_uri\":\"AAAA\"}", "surrogate")]
    [InlineData("{\"a\":\"\\uD83D\\uD83D\"}", "surrogate")]
    [InlineData("{\"a_uri\":\"AAAA\" 1}", "not valid JSON")]
    [InlineData("{\"a_uri\":\"\\x41AAA\"}", "backslash")]
    [InlineData("{\"a_uri\":\"AAAA\\u00zz\"}", "backslash")]
    [InlineData("{\"a\":1} x", "not valid JSON")]
    [InlineData("{\"a\":1,}", "not valid JSON")]
    [InlineData("{'a':1}", "not valid JSON")]
    [InlineData("{\"a\":\"x\ny\"}", "not valid JSON")]
    [InlineData("}{", "cut off")]
    [InlineData("{\"a\":", "cut off")]
    [InlineData("{\"a_uri\":\"AAAA", "cut off")]
    [InlineData("{\"a_uri\":\"AAAA\\", "cut off")]
    [InlineData("{\"a_uri\":\"data:", "cut off")]
    [InlineData("{\"a_uri\":\"http", "cut off")]
    public async Task Broken_JSON_is_rejected_with_its_reason(string body, string reason)
    {
        for (var size = 1; size < 100; size += 98)
        {
            var rejected = Assert.IsType<MediaBody.Rejected>(await ReadAsync(body, null, size));
            Assert.Equal("bad_json", rejected.Code);
            Assert.Contains(reason, rejected.Message, StringComparison.Ordinal);
        }
        NothingLeftBehind();
    }

    [Fact]
    public async Task A_reason_names_the_place_as_long_as_it_is_right()
    {
        var plain = Assert.IsType<MediaBody.Rejected>(await ReadAsync("{\"a\":1,\n\"b\":tru}"));
        Assert.Contains("(line 2, byte ", plain.Message, StringComparison.Ordinal);
        var cut = Assert.IsType<MediaBody.Rejected>(await ReadAsync("{\"a_uri\":\"AAAA\",\n\"b\":tru}"));
        Assert.DoesNotContain("line", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_rejected()
    {
        var rejected = Assert.IsType<MediaBody.Rejected>(await ReadAsync([.. "{\"a\":\""u8, 0xC3, .. "\"}"u8]));
        Assert.Contains("UTF-8", rejected.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(100_000, false)]
    public async Task Nesting_ends_at_32(int depth, bool taken)
    {
        var body = string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
        using var read = await ReadAsync(body) as MediaBody.Read;
        Assert.Equal(taken, read is not null);
    }

    [Fact]
    public async Task Media_at_the_limit_is_taken_and_a_byte_more_is_rejected()
    {
        var options = Options with { MaxMediaBytes = 100_000 };
        foreach (var (bytes, taken) in new[] { (100_000, true), (100_001, false) })
        {
            var outcome = await ReadAsync($$"""{"data_uri":"{{Convert.ToBase64String(new byte[bytes])}}"}""", options);
            Assert.Equal(taken, outcome is MediaBody.Read);
            if (outcome is MediaBody.Rejected rejected) Assert.Equal(("too_large", "data_uri"), (rejected.Code, rejected.Field));
            (outcome as IDisposable)?.Dispose();
        }
        NothingLeftBehind();
    }

    [Fact]
    public async Task Too_large_is_said_before_the_rest_is_read()
    {
        var stream = new ChoppedStream(Encoding.UTF8.GetBytes($$"""{"data_uri":"{{new string('A', 1_000_000)}}"}"""), 4096);
        var rejected = await MediaBody.ReadAsync(PipeReader.Create(stream), Options with { MaxMediaBytes = 10_000 }, Cancel);
        Assert.Equal("too_large", Assert.IsType<MediaBody.Rejected>(rejected).Code);
        Assert.InRange(stream.Position, 0, 40_000);
    }

    [Fact]
    public async Task Everything_but_media_has_its_own_limits()
    {
        var options = Options with { MaxRestBytes = 20_000, MaxMedia = 1 };
        foreach (var body in new[]
        {
            $$"""{"prompt":"{{new string('x', 20_000)}}"}""",
            "{" + new string(' ', 20_000) + "}",
            $$"""{"image_url":"https://{{new string('x', 9_000)}}"}""",
            """{"a_uri":"AAAA","b_uri":"AAAA"}""",
        })
            Assert.Equal("too_large", Assert.IsType<MediaBody.Rejected>(await ReadAsync(body, options)).Code);
        NothingLeftBehind();
    }

    [Fact]
    public async Task Only_values_under_a_media_name_are_media()
    {
        using var read = Assert.IsType<MediaBody.Read>(await ReadAsync(
            """{"prompt":"AAAA","a_uris":["AAAA"],"b_uri":["AAAA"],"c_uri":null,"d_uri":"""
            + """{"x":"AAAA"},"data\u005furi":"AAAA","_uri":"BBBB"}"""));
        Assert.Equal(["data_uri", "_uri"], read.Media.Select(media => media.Name));
        Assert.Equal("AAAA", read.Root.GetProperty("b_uri")[0].GetString());
    }

    [Fact]
    public async Task The_caller_says_which_names_and_links_count()
    {
        var options = Options with { IsMediaName = name => name.SequenceEqual("picture"u8), LinkPrefixes = ["store:"] };
        using var read = Assert.IsType<MediaBody.Read>(
            await ReadAsync("""{"data_uri":"%","picture":"store:x","b":{"picture":"AAAA"}}""", options));
        Assert.Equal("$.b.picture", Assert.Single(read.Media).Path);
    }

    [Fact]
    public async Task Media_are_read_in_the_objects_that_the_caller_names_alone()
    {
        var options = Options with { MediaObjects = ["input"] };
        using var read = Assert.IsType<MediaBody.Read>(await ReadAsync(
            """{"a_uri":"AAAA","input":{"b_uri":"AAAA","c":"""
            + """{"d_uri":"AAAA"}},"e":{"input":{"f_uri":"AAAA"}},"g":[{"h_uri":"AAAA"}]}""",
            options));
        Assert.Equal(["$.a_uri", "$.input.b_uri"], read.Media.Select(media => media.Path));
    }

    [Fact]
    public async Task A_path_names_an_object_that_is_not_at_the_top()
    {
        var options = Options with { MediaObjects = ["params.arguments"] };
        using var read = Assert.IsType<MediaBody.Read>(await ReadAsync(
            """{"params":{"a_uri":"%","arguments":{"b_uri":"AAAA","c":{"d_uri":"%"}}},"arguments":{"e_uri":"%"}}""", options));
        Assert.Equal("$.params.arguments.b_uri", Assert.Single(read.Media).Path);
    }

    [Theory]
    [InlineData("/tmp/a \\\"b\\\\")]
    [InlineData("AAAA%AAAA")]
    [InlineData("data:text/plain,a \\\" b")]
    [InlineData("")]
    [InlineData("AAAAA")]
    public async Task A_body_can_be_read_on_after_bad_media_at_every_split(string bad)
    {
        var bytes = Encoding.UTF8.GetBytes("{\"a_uri\":\"" + bad + "\",\"b\":{\"c_uri\":\"AAAA\",\"d\":\"e\"}}");
        for (var split = 1; split <= bytes.Length; split++)
            using (var read = Assert.IsType<MediaBody.Read>(
                await ReadAsync(bytes, Options with { ReadsOnAfterBadMedia = true }, split, bytes.Length)))
            {
                Assert.Equal(("a_uri", "bad_base64"), (read.Unusable?.Name, read.Unusable?.Code));
                Assert.Equal("$.b.c_uri", Assert.Single(read.Media).Path);
                Assert.Equal("""{"a_uri":"","b":{"c_uri":"0","d":"e"}}""", read.Root.GetRawText());
            }
        NothingLeftBehind();
    }

    [Fact]
    public async Task A_long_name_is_decoded_once_whatever_follows_it()
    {
        var name = string.Concat(Enumerable.Repeat("\\u0061", 50_000));
        var inner = string.Join(',', Enumerable.Range(0, 20_000).Select(each => $"\"{each}\":1"));
        var body = Encoding.UTF8.GetBytes("{\"" + name + "\":{" + inner + "}}");
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var read = Assert.IsType<MediaBody.Read>(await ReadAsync(body, Options with { MediaObjects = ["input"] }));
        // For every inner name it would be two gigabytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Fact]
    public async Task A_tricky_body_reads_the_same_at_every_split()
    {
        const string body =
            """{"p\"_uri":"aGVs\r\nbG8\u003d","q":"\\\"","t":"""
            + """{"image_url":"https:\/\/x\u002fy","audio_uri":"data:a\/b;base64,-_\u002B\/\tAA"},"n":[1,"""
            + """{"z_url":"\u0041QID"}],"s":"\ud83d\ude00"}""";
        var bytes = Encoding.UTF8.GetBytes(body);
        string? expected = null;
        for (var split = 0; split <= bytes.Length; split++)
        {
            using var read = Assert.IsType<MediaBody.Read>(
                await ReadAsync(bytes, null, split == 0 ? bytes.Length : split, bytes.Length));
            var seen = await MediaBodyModel.DescribeAsync(read, Cancel);
            Assert.Equal(expected ??= seen, seen);
        }
        Assert.Equal(MediaBodyModel.Describe(bytes), expected);
    }

    [Fact]
    public async Task A_reader_that_fails_leaves_no_file_behind()
    {
        var pipe = new Pipe();
        var reading = MediaBody.ReadAsync(pipe.Reader, Options, Cancel).AsTask();
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes("{\"data_uri\":\"" + new string('A', 200_000)), Cancel);
        await pipe.Writer.CompleteAsync(new IOException("gone"));
        await Assert.ThrowsAsync<IOException>(() => reading);
        NothingLeftBehind();
    }
}
