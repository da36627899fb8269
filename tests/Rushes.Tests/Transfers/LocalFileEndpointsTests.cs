using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Rushes.Files.Local;
using Rushes.Server.Transfers;
using Xunit;

namespace Rushes.Tests.Transfers;

public sealed class LocalFileEndpointsTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly HttpClient http = new();
    private readonly byte[] content = RandomNumberGenerator.GetBytes(200_000);
    private LocalFileStore store = null!;
    private WebApplication app = null!;
    private Uri origin = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = new LocalFileStore(folder["store"], "rushes", RandomNumberGenerator.GetBytes(32), TimeProvider.System);
        await File.WriteAllBytesAsync(folder["a"], content, Cancel);
        await store.PutAsync("results/a b.mp4", folder["a"], "video/mp4", Cancel);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapLocalFiles(store);
        await app.StartAsync(Cancel);
        origin = new Uri(app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        folder.Dispose();
    }

    private Uri Link(string method = "GET", string key = "results/a b.mp4") =>
        store.Presign(method, key, TimeSpan.FromHours(1), origin);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri link, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, link);
        change?.Invoke(request);
        return await http.SendAsync(request, Cancel);
    }

    [Fact]
    public async Task A_signed_link_gives_the_file()
    {
        using var response = await SendAsync(HttpMethod.Get, Link());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("video/mp4", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(content, await response.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
        Assert.NotNull(response.Content.Headers.LastModified);
        Assert.Equal($"\"{(await store.FindAsync("results/a b.mp4", Cancel))!.Tag}\"", response.Headers.ETag!.ToString());
    }

    [Theory]
    [InlineData("bytes=0-9", 10)]
    [InlineData("BYTES=0-9", 10)]
    [InlineData("items=0-9", 200_000)]
    [InlineData("seconds=1-2", 200_000)]
    public async Task A_range_in_an_unknown_unit_is_ignored(string range, int length)
    {
        using var response = await SendAsync(
            HttpMethod.Get, Link(), request => request.Headers.TryAddWithoutValidation("Range", range));
        Assert.Equal(length == 10 ? HttpStatusCode.PartialContent : HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(length, (await response.Content.ReadAsByteArrayAsync(Cancel)).Length);
    }

    [Fact]
    public async Task Pages_of_any_origin_may_use_a_link()
    {
        using var asked = await SendAsync(
            HttpMethod.Options, Link(), request => request.Headers.Add("Access-Control-Request-Method", "GET"));
        Assert.Equal(HttpStatusCode.NoContent, asked.StatusCode);
        Assert.Contains("GET", asked.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Equal("*", asked.Headers.GetValues("Access-Control-Allow-Headers").Single());

        // Also one that is rejected, so that a page can read why.
        foreach (var link in new[] { Link(), new Uri(Link() + "0") })
        {
            using var response = await SendAsync(HttpMethod.Get, link);
            Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.Equal("*", response.Headers.GetValues("Access-Control-Expose-Headers").Single());
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task HEAD_tells_the_same_without_the_file(string signedFor)
    {
        using var response = await SendAsync(HttpMethod.Head, Link(signedFor));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(content.Length, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Theory]
    [InlineData(0, 0, 0, 1)]
    [InlineData(100, 199, 100, 100)]
    [InlineData(199_990, null, 199_990, 10)]
    [InlineData(null, 5, 199_995, 5)]
    [InlineData(199_990, 300_000, 199_990, 10)]
    public async Task A_range_gives_its_part(int? from, int? to, int start, int length)
    {
        using var response = await SendAsync(
            HttpMethod.Get, Link(), request => request.Headers.Range = new RangeHeaderValue(from, to));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(content[start..(start + length)], await response.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal($"bytes {start}-{start + length - 1}/{content.Length}", response.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_416()
    {
        using var response = await SendAsync(
            HttpMethod.Get, Link(), request => request.Headers.Range = new RangeHeaderValue(200_000, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
    }

    [Fact]
    public async Task A_known_tag_gives_304_and_an_old_one_the_file()
    {
        using var first = await SendAsync(HttpMethod.Get, Link());
        var tag = first.Headers.ETag!;
        using var same = await SendAsync(HttpMethod.Get, Link(), request => request.Headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);

        await File.WriteAllBytesAsync(folder["b"], content, Cancel);
        await store.PutAsync("results/a b.mp4", folder["b"], "video/mp4", Cancel);
        using var changed = await SendAsync(HttpMethod.Get, Link(), request => request.Headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var range = await SendAsync(HttpMethod.Get, Link(), request =>
        {
            request.Headers.Range = new RangeHeaderValue(0, 0);
            request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        });
        Assert.Equal(HttpStatusCode.OK, range.StatusCode);
    }

    [Fact]
    public async Task Without_a_good_signature_nothing_is_told()
    {
        foreach (var link in new[]
        {
            new Uri(Link().GetLeftPart(UriPartial.Path)),
            new Uri(Link().AbsoluteUri.Replace("a%20b", "other", StringComparison.Ordinal)),
            new Uri(Link().AbsoluteUri[..^1] + (Link().AbsoluteUri[^1] == '0' ? '1' : '0')),
            new Uri(
                origin,
                store.Presign("GET", "results/a b.mp4", TimeSpan.FromHours(1), new Uri("http://elsewhere.example")).PathAndQuery),
            Link("PUT"),
            new Uri(Link().GetLeftPart(UriPartial.Authority) + "/rushes/..%2F..%2Fetc%2Fpasswd" + Link().Query),
        })
        {
            using var response = await SendAsync(HttpMethod.Get, link);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Equal("application/xml", response.Content.Headers.ContentType!.MediaType);
            Assert.Contains("<Code>", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_missing_file_is_404()
    {
        using var response = await SendAsync(HttpMethod.Get, Link(key: "no/such.mp4"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("<Code>NoSuchKey</Code>", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task No_link_takes_a_file(string method)
    {
        using var put = await SendAsync(HttpMethod.Put, Link(method), request => request.Content = new ByteArrayContent([1]));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, put.StatusCode);
        Assert.Equal(content.Length, (await store.FindAsync("results/a b.mp4", Cancel))!.Bytes);
    }
}
