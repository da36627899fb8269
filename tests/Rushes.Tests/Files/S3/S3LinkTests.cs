using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Rushes.Files.S3;
using Xunit;

namespace Rushes.Tests.Files.S3;

/// <summary>Links as the server itself sees them.</summary>
public sealed class S3LinkTests(S3Server server) : IAsyncLifetime
{
    private const string Key = "results/a b+c.mp4";

    private static readonly Uri Origin = new("http://gateway.example");
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TempFolder folder = new();
    private readonly HttpClient http = new();
    private S3Options options = null!;
    private S3FileStore store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        options = await server.NewBucketAsync(Cancel);
        store = await OpenAsync(options);
        await File.WriteAllTextAsync(folder["file"], "a film", Cancel);
        await store.PutAsync(Key, folder["file"], "video/mp4", Cancel);
    }

    public ValueTask DisposeAsync()
    {
        store.Dispose();
        http.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_link_gets_the_file_without_a_key()
    {
        using var answer = await http.GetAsync(store.Presign("GET", Key, Hour, Origin), Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("video/mp4", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("a film", await answer.Content.ReadAsStringAsync(Cancel));

        using var part = new HttpRequestMessage(
            HttpMethod.Get, store.Presign("GET", Key, Hour, Origin)) { Headers = { Range = new(2, 5) } };
        using var partial = await http.SendAsync(part, Cancel);
        Assert.Equal(HttpStatusCode.PartialContent, partial.StatusCode);
        Assert.Equal("film", await partial.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_link_to_put_takes_a_file()
    {
        using var film = new StringContent("another film");
        film.Headers.ContentType = new("video/mp4");
        using var answer = await http.PutAsync(store.Presign("PUT", "outputs/a1/1_1.mp4", Hour, Origin), film, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var found = await store.FindAsync("outputs/a1/1_1.mp4", Cancel);
        Assert.Equal((12, "video/mp4"), (found!.Bytes, found.ContentType));
    }

    [Fact]
    public async Task A_link_that_was_changed_is_rejected()
    {
        var link = store.Presign("GET", Key, Hour, Origin).AbsoluteUri;
        var last = link[^1] == '0' ? '1' : '0';
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(HttpMethod.Get, link[..^1] + last));
        Assert.Equal(
            HttpStatusCode.Forbidden, await AskAsync(HttpMethod.Get, link.Replace("a%20b", "a%20c", StringComparison.Ordinal)));
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await AskAsync(HttpMethod.Get, link.Replace("Expires=3600", "Expires=7200", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(HttpMethod.Put, link));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(HttpMethod.Delete, link));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(HttpMethod.Get, link.Split('?')[0]));
    }

    [Fact]
    public async Task A_link_ends()
    {
        var past = new FakeClock();
        using var early = await S3FileStore.OpenAsync(options, S3Server.Credentials, past, Cancel);
        Assert.Equal(
            HttpStatusCode.Forbidden, await AskAsync(HttpMethod.Get, early.Presign("GET", Key, Hour, Origin).AbsoluteUri));
    }

    [Fact]
    public void Its_own_links_are_known_again()
    {
        var link = store.Presign("GET", Key, Hour, Origin);
        Assert.Equal(Key, store.KeyOf(link));
        Assert.Null(store.KeyOf(new Uri(link.AbsoluteUri.Replace("a%20b", "a%20c", StringComparison.Ordinal))));
        Assert.Null(store.KeyOf(store.Presign("PUT", Key, Hour, Origin)));
        Assert.Null(store.KeyOf(new Uri("http://elsewhere.example/" + link.PathAndQuery)));
    }

    [Fact]
    public async Task Links_lead_to_the_public_address()
    {
        using var shown = await OpenAsync(options with { Public = new Uri("https://films.example.com") });
        var link = shown.Presign("GET", Key, Hour, Origin);
        Assert.Equal($"https://films.example.com/{options.Bucket}/results/a%20b%2Bc.mp4", link.GetLeftPart(UriPartial.Path));
        Assert.Equal(Key, shown.KeyOf(link));
        // Signed for that host and no other.
        Assert.Equal(
            HttpStatusCode.Forbidden, await AskAsync(HttpMethod.Get, new Uri(options.Endpoint, link.PathAndQuery).AbsoluteUri));
    }

    [Fact]
    public async Task The_bucket_may_be_a_part_of_the_host()
    {
        var hosted = options with { Endpoint = new Uri($"http://s3.test:{options.Endpoint.Port}"), VirtualHost = true };
        using var byName = await S3FileStore.OpenAsync(
            hosted, S3Server.Credentials, new S3Http(ToThisMachine()), TimeProvider.System, Cancel);
        await byName.PutAsync("b.mp4", folder["file"], "video/mp4", Cancel);
        Assert.Equal(6, (await store.FindAsync("b.mp4", Cancel))!.Bytes);

        var link = byName.Presign("GET", Key, Hour, Origin);
        Assert.StartsWith(
            $"http://{options.Bucket}.s3.test:{options.Endpoint.Port}/results/a%20b%2Bc.mp4?", link.AbsoluteUri,
            StringComparison.Ordinal);
        Assert.Equal(Key, byName.KeyOf(link));
        using var resolving = new HttpClient(ToThisMachine());
        Assert.Equal("a film", await resolving.GetStringAsync(link, Cancel));
    }

    [Fact]
    public void Lent_credentials_sign_with_their_token()
    {
        var links = new S3Links(options, new SessionAWSCredentials("key", "secret", "a token/+"), TimeProvider.System);
        var link = links.Presign("GET", Key, Hour);
        Assert.Contains("&X-Amz-Security-Token=a%20token%2F%2B&", link.Query, StringComparison.Ordinal);
        Assert.Equal(Key, links.KeyOf(link));
    }

    /// <summary>For names that only this server knows.</summary>
    private static SocketsHttpHandler ToThisMachine() => new()
    {
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    private async Task<HttpStatusCode> AskAsync(HttpMethod method, string link)
    {
        using var request = new HttpRequestMessage(method, link);
        using var answer = await http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    private static Task<S3FileStore> OpenAsync(S3Options options) =>
        S3FileStore.OpenAsync(options, S3Server.Credentials, TimeProvider.System, Cancel);
}
