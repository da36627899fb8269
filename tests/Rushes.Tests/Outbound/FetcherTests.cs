using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Rushes.Outbound;
using Xunit;

namespace Rushes.Tests.Outbound;

public sealed class FetcherTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly OutboundHttp http = new(AddressRules.Parse("127.0.0.1/32"));
    private readonly FakeClock clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string ToFile => folder["file"];

    public void Dispose()
    {
        http.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_good_file_arrives_whole_with_its_size_and_hash()
    {
        var content = RandomNumberGenerator.GetBytes(300_000);
        await using var receiver = await Receiver.StartAsync(
            context => context.Response.Body.WriteAsync(content, Cancel).AsTask());

        var fetched = Assert.IsType<Fetched>(await FetchAsync(receiver["/a.png"]));

        Assert.Equal(content.Length, fetched.Bytes);
        Assert.Equal(SHA256.HashData(content), fetched.Sha256);
        Assert.Equal(content, await File.ReadAllBytesAsync(ToFile, Cancel));
    }

    [Fact]
    public async Task A_request_says_who_asks_and_carries_nothing_else()
    {
        using var trace = new Activity("ours").Start();
        var headers = new Dictionary<string, string>();
        await using var receiver = await Receiver.StartAsync(context =>
        {
            headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
            context.Response.Cookies.Append("track", "1");
            if (context.Request.Path == "/") context.Response.Redirect("/next");
            return Task.CompletedTask;
        });

        Assert.IsType<Fetched>(await FetchAsync(receiver["/"]));

        Assert.Equal(["Accept", "Accept-Encoding", "Host", "User-Agent"], headers.Keys.Order());
        Assert.Equal("*/*", headers["Accept"]);
        Assert.Matches(@"^Rushes/\d+\.\d+\.\d+$", headers["User-Agent"]);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, br")]
    [InlineData("aws-chunked")]
    [InlineData("identity")]
    public async Task A_content_encoding_is_undone(string codings)
    {
        var content = RandomNumberGenerator.GetBytes(300_000);
        await using var receiver = await Receiver.StartAsync(context => SendAsync(context, codings, Encoded(content, codings)));

        var fetched = Assert.IsType<Fetched>(await FetchAsync(receiver["/a.png"]));

        Assert.Equal(content.Length, fetched.Bytes);
        Assert.Equal(content, await File.ReadAllBytesAsync(ToFile, Cancel));
    }

    [Theory]
    [InlineData("zstd", "has the Content-Encoding zstd;")]
    [InlineData("gzip, gzip, gzip", "has the Content-Encoding gzip, gzip, gzip;")]
    [InlineData("gzip", "is not complete and valid gzip")]
    [InlineData("br", "is not complete and valid br")]
    public async Task A_content_encoding_that_cannot_be_undone_is_named(string codings, string reason)
    {
        await using var receiver = await Receiver.StartAsync(context => SendAsync(context, codings, new byte[1000]));
        var rejected = await IsRejectedAsync(receiver["/a.png"], RejectedCode.Encoded);
        Assert.Contains(reason, rejected.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task An_encoded_file_is_limited_by_its_decoded_size(string codings)
    {
        await using var receiver = await Receiver.StartAsync(
            context => SendAsync(context, codings, Encoded(new byte[50_000_000], codings)));
        await IsRejectedAsync(receiver["/a.png"], RejectedCode.TooLarge);
    }

    [Fact]
    public async Task A_coding_without_content_is_limited_by_what_is_received()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(Convert.FromHexString("1f8b0800000000000003"), Cancel);
            // Blocks of deflate that hold nothing, until the fetcher ends the connection.
            var blocks = Enumerable.Repeat<byte[]>([0, 0, 0, 0xFF, 0xFF], 10_000).SelectMany(block => block).ToArray();
            try
            {
                while (!context.RequestAborted.IsCancellationRequested)
                    await context.Response.Body.WriteAsync(blocks, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
            }
            finally
            {
                ended.SetResult();
            }
        });
        await IsRejectedAsync(receiver["/a.png"], RejectedCode.TooLarge);
        await ended.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_link_is_requested_exactly_as_it_was_sent_and_as_redirects_send_it()
    {
        const string link = "/a%2Db%7ec%2f..%2E%2Ex/(d)'!*/%e4?Signature=a%2Bb%7E%2d+/=&x=%zz|{}";
        var asked = new List<string>();
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Assert.IsType<Fetched>(await FetchAsync($"http://127.0.0.1:{port}{link}#part"));
        await serving;

        Assert.Equal([$"GET {link} HTTP/1.1", $"GET {link}&again HTTP/1.1"], asked);

        async Task ServeAsync()
        {
            foreach (var answer in new[] { $"302 Found\r\nLocation: {link}&again", "200 OK" })
            {
                using var caller = await listener.AcceptTcpClientAsync(Cancel);
                using var reader = new StreamReader(caller.GetStream());
                asked.Add((await reader.ReadLineAsync(Cancel))!);
                while (await reader.ReadLineAsync(Cancel) is { Length: > 0 }) { }
                await caller.GetStream().WriteAsync(
                    System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                    Cancel);
            }
        }
    }

    private static async Task SendAsync(HttpContext context, string codings, byte[] content)
    {
        context.Response.Headers.ContentEncoding = codings;
        await context.Response.Body.WriteAsync(content, Cancel);
    }

    private static byte[] Encoded(byte[] content, string codings)
    {
        foreach (var coding in codings.Split(", "))
        {
            using var encoded = new MemoryStream();
            using (var encoder = Encoder(coding, encoded)) encoder.Write(content);
            content = encoded.ToArray();
        }
        return content;
    }

    private static Stream Encoder(string coding, MemoryStream encoded) => coding switch
    {
        "gzip" or "x-gzip" => new GZipStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
        "br" => new BrotliStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new ZLibStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
        _ => new BufferedStream(encoded),
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_of_exactly_the_limit_is_taken_and_one_byte_more_rejected(bool announced)
    {
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            var content = new byte[int.Parse(context.Request.Query["bytes"]!, CultureInfo.InvariantCulture)];
            if (announced) context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content, Cancel);
        });
        var limits = new FetchLimits { MaxBytes = 200_000 };

        var fetched = Assert.IsType<Fetched>(await FetchAsync(receiver["/?bytes=200000"], limits));
        Assert.Equal(200_000, fetched.Bytes);
        File.Delete(ToFile);
        await IsRejectedAsync(receiver["/?bytes=200001"], RejectedCode.TooLarge, limits);
    }

    [Fact]
    public async Task An_endless_file_is_cut_off_at_the_limit()
    {
        var cutOff = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            context.RequestAborted.Register(cutOff.SetResult);
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(new byte[64 * 1024], Cancel);
        });

        await IsRejectedAsync(receiver["/"], RejectedCode.TooLarge, new FetchLimits { MaxBytes = 1_000_000 });
        await cutOff.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_file_shorter_than_announced_is_rejected()
    {
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            // The server closes the connection when it sees that the rest will not come.
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync(new byte[10], Cancel);
        });

        await IsRejectedAsync(receiver["/"], RejectedCode.Interrupted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sender_that_stalls_is_given_up_on_when_the_time_is_over(bool afterSomeContent)
    {
        var stalled = new TaskCompletionSource();
        var givenUp = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            context.RequestAborted.Register(givenUp.SetResult);
            if (afterSomeContent)
            {
                await context.Response.Body.WriteAsync(new byte[10], Cancel);
                await context.Response.Body.FlushAsync(Cancel);
            }
            stalled.SetResult();
            await givenUp.Task;
        });

        var fetching = FetchAsync(receiver["/"]);
        await stalled.Task.WaitAsync(Cancel);
        Assert.False(fetching.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(30));

        var rejected = Assert.IsType<Rejected>(await fetching);
        Assert.Equal(RejectedCode.TooSlow, rejected.Code);
        Assert.Contains("30 seconds", rejected.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(ToFile));
        await givenUp.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_caller_that_cancels_gets_no_verdict_and_no_file()
    {
        var stalled = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async context =>
        {
            await context.Response.StartAsync(Cancel);
            stalled.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var fetching = new Fetcher(http, clock).FetchAsync(receiver["/"], ToFile, new FetchLimits(), cancelled.Token);
        await stalled.Task.WaitAsync(Cancel);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
        Assert.False(File.Exists(ToFile));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Three_redirects_are_followed_and_a_fourth_is_not(int status)
    {
        await using var receiver = await Receiver.StartAsync(context =>
        {
            var left = int.Parse(context.Request.Path.Value![1..], CultureInfo.InvariantCulture);
            if (left == 0) return context.Response.WriteAsync("here", Cancel);
            context.Response.StatusCode = status;
            // Relative and absolute in turn.
            context.Response.Headers.Location = left % 2 == 0 ? $"{left - 1}" : $"http://{context.Request.Host}/{left - 1}";
            return Task.CompletedTask;
        });

        Assert.Equal(4, Assert.IsType<Fetched>(await FetchAsync(receiver["/3"])).Bytes);
        File.Delete(ToFile);
        await IsRejectedAsync(receiver["/4"], RejectedCode.TooManyRedirects);
        Assert.Equal(4 + 4, receiver.Hits);
    }

    [Theory]
    [InlineData("http://127.0.0.2:PORT/", RejectedCode.AddressNotAllowed)]
    [InlineData("http://[::1]:PORT/", RejectedCode.AddressNotAllowed)]
    [InlineData("http://169.254.169.254/latest/meta-data/", RejectedCode.AddressNotAllowed)]
    [InlineData("//2852039166/latest/meta-data/", RejectedCode.AddressNotAllowed)]
    [InlineData("file:///etc/passwd", RejectedCode.BadUrl)]
    [InlineData("gopher://127.0.0.1:PORT/_GET", RejectedCode.BadUrl)]
    [InlineData("http://127.0.0.1:22/", RejectedCode.BadUrl)]
    [InlineData("http://user:secret@127.0.0.1:PORT/", RejectedCode.BadUrl)]
    [InlineData("""\\127.0.0.1\share""", RejectedCode.BadUrl)]
    public async Task Each_redirect_is_under_the_whole_check(string location, RejectedCode code)
    {
        var to = "";
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = to;
            return Task.CompletedTask;
        });
        await using var secret = await Receiver.StartAsync(_ => Task.CompletedTask, "127.0.0.2", receiver.Port);
        to = location.Replace("PORT", $"{receiver.Port}", StringComparison.Ordinal);

        var rejected = await IsRejectedAsync(receiver["/"], code);

        Assert.StartsWith("After a redirect, the URL", rejected.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0", rejected.Reason, StringComparison.Ordinal);
        Assert.Equal((1, 0), (receiver.Hits, secret.Hits));
    }

    [Fact]
    public async Task A_name_reached_by_a_redirect_is_not_in_the_reason()
    {
        using var names = new OutboundHttp(
            AddressRules.Parse("127.0.0.1/32"), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.7")]));
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.Redirect("http://vault.corp.example:8200/");
            return Task.CompletedTask;
        });

        var result = await new Fetcher(names, clock).FetchAsync(receiver["/"], ToFile, new FetchLimits(), Cancel);

        Assert.Equal(
            new Rejected(
                RejectedCode.AddressNotAllowed,
                "After a redirect, the URL's host does not resolve to an address that may be reached."),
            result);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(302)]
    [InlineData(304)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Any_other_status_is_rejected_by_its_number(int status)
    {
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        var rejected = await IsRejectedAsync(receiver["/"], RejectedCode.BadStatus);

        Assert.Contains($"status {status} ", rejected.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_already_there_is_left_alone()
    {
        await File.WriteAllTextAsync(ToFile, "mine", Cancel);
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);

        await Assert.ThrowsAsync<IOException>(() => FetchAsync(receiver["/"]));

        Assert.Equal("mine", await File.ReadAllTextAsync(ToFile, Cancel));
    }

    private async Task<Rejected> IsRejectedAsync(string url, RejectedCode code, FetchLimits? limits = null)
    {
        var rejected = Assert.IsType<Rejected>(await FetchAsync(url, limits));
        Assert.Equal(code, rejected.Code);
        Assert.False(File.Exists(ToFile));
        return rejected;
    }

    private Task<FetchResult> FetchAsync(string url, FetchLimits? limits = null) =>
        new Fetcher(http, clock).FetchAsync(url, ToFile, limits ?? new FetchLimits(), Cancel);
}
