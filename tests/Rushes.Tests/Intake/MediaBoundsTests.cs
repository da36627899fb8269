using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Media;
using Rushes.Server.Dialects.Fal;
using Rushes.Server.Dialects.Kie;
using Rushes.Server.Dialects.Pixazo;
using Rushes.Server.Dialects.Queue;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Rushes.Tests.Media;
using Rushes.Tests.Outbound;
using Xunit;

namespace Rushes.Tests.Intake;

/// <summary>Limits for the media of a request and of an account.</summary>
public sealed class MediaBoundsTests : IAsyncLifetime
{
    private const string Model = "/queue/wan22-fast-i2v";

    private readonly TempFolder folder = new();
    private byte[] picture = [];
    private Receiver? web;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        picture = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder["picture.png"], FFmpeg.Picture), Cancel);
        web = await Receiver.StartAsync(http => http.Response.Body.WriteAsync(picture).AsTask());
    }

    public async ValueTask DisposeAsync()
    {
        if (web is not null) await web.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("link", "?dry_run=true")]
    [InlineData("link", "")]
    [InlineData("base64", "")]
    [InlineData("data", "")]
    [InlineData("stored", "")]
    public async Task Every_medium_counts_whatever_its_form(string form, string query)
    {
        await using var gateway = await StartAsync();
        var value = form switch
        {
            "link" => web!["/picture.png"],
            "base64" => Convert.ToBase64String(picture),
            "data" => "data:image/png;base64," + Convert.ToBase64String(picture),
            _ => await UploadAsync(gateway),
        };
        var (status, text) = await PostAsync(
            gateway, query,
            Enumerable.Range(0, 7).Select(n => (n == 0 ? "data_uri" : $"x{n}_uri", form == "link" ? $"{value}?{n}" : value)));

        Assert.True(status == HttpStatusCode.RequestEntityTooLarge, text);
        Assert.Contains("x6_uri is one too many: a body may hold 6 media values.", text, StringComparison.Ordinal);
        Assert.Equal(0, web!.Hits);
        Assert.Empty(await InputsAsync());
    }

    [Theory]
    [InlineData("link")]
    [InlineData("base64")]
    [InlineData("stored")]
    public async Task The_same_medium_is_fetched_once_and_stored_once(string form)
    {
        await using var gateway = await StartAsync();
        var value = form switch
        {
            "link" => web!["/picture.png"], "base64" => Convert.ToBase64String(picture), _ => await UploadAsync(gateway),
        };
        var (status, text) = await PostAsync(
            gateway, "", new[] { "data_uri", "second_image_uri", "x_uri", "y_uri" }.Select(name => (name, value)));

        Assert.True(status == HttpStatusCode.OK, text);
        Assert.Equal(form == "link" ? 1 : 0, web!.Hits);
        Assert.Single(await InputsAsync());
    }

    [Fact]
    public async Task Bytes_are_bounded_for_the_request_before_they_are_fetched()
    {
        var catalog = folder["catalog.json"];
        await File.WriteAllTextAsync(
            catalog, $$"""{ "plans": { "default": { "maxInputBytes": {{picture.Length * 3 / 2}} } } }""", Cancel);
        await using var gateway = await StartAsync(catalog);
        var (status, text) = await PostAsync(
            gateway, "?dry_run=true", [("data_uri", web!["/1"]), ("second_image_uri", web["/2"]), ("x_uri", web["/3"])]);
        Assert.True(status == HttpStatusCode.RequestEntityTooLarge, text);
        Assert.Contains(
            "the plan \\\"default\\\" allows", text.Replace("\\u0022", "\\\"", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Equal(2, web.Hits);
        // Once is allowed, however often it is named.
        Assert.Equal(
            HttpStatusCode.OK,
            (await PostAsync(gateway, "?dry_run=true", [("data_uri", web["/1"]), ("second_image_uri", web["/1"])])).Status);
    }

    [Fact]
    public void Time_is_bounded_for_all_links_of_a_request_together()
    {
        using var media = new GatheredMedia(TimeSpan.FromSeconds(30), new DecodingTime(TimeSpan.FromMinutes(1)));
        media.FetchTime -= TimeSpan.FromSeconds(20);
        Assert.Equal(TimeSpan.FromSeconds(10), media.FetchTime);
        media.FetchTime -= TimeSpan.FromSeconds(20);
        Assert.Equal(TimeSpan.Zero, media.FetchTime);
    }

    [Fact]
    public async Task Dry_runs_have_a_window_as_large_as_that_of_jobs()
    {
        var catalog = folder["catalog.json"];
        await File.WriteAllTextAsync(
            catalog, """{ "plans": { "default": { "jobsPerWindow": 2, "windowSeconds": 3600 } } }""", Cancel);
        await using var gateway = await StartAsync(catalog);
        var wish = new { prompt = "A fox" };
        for (var n = 0; n < 2; n++)
            using (var dry = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v?dry_run=true", wish, Cancel))
                Assert.Equal(HttpStatusCode.OK, dry.StatusCode);
        using var third = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v?dry_run=true", wish, Cancel);
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 3500, 3600);
        // Looking at prices takes no job away.
        using var job = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", wish, Cancel);
        Assert.Equal(HttpStatusCode.OK, job.StatusCode);
    }

    [Fact]
    public async Task Huge_pictures_of_one_account_do_not_keep_another_waiting()
    {
        await using var gateway = await StartAsync();
        var other = await gateway.Http.AddAccountAsync("other", "default", Cancel);
        using var others = AdminApi.With(gateway.Origin, (await gateway.Http.AddKeyAsync(other, Cancel)).Key);
        // 64 megapixels of 16 bits, which are 512 MB once decoded.
        var huge = await File.ReadAllBytesAsync(
            await FFmpeg.MakeAsync(folder["huge.png"], "-f lavfi -i color=red:s=8000x8000 -frames:v 1 -pix_fmt rgba64be"),
            Cancel);
        var small = await File.ReadAllBytesAsync(
            await FFmpeg.MakeAsync(folder["small.png"], "-f lavfi -i color=red:s=64x64 -frames:v 1"), Cancel);

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var flood = Enumerable.Range(0, 24).Select(_ => DryRunAsync(gateway.Http, huge, enough.Token)).ToList();
        // All of them wait, or the first of them is being decoded.
        await Task.WhenAny(flood);
        Assert.Equal(HttpStatusCode.OK, await DryRunAsync(others, small, Cancel));
        Assert.InRange(flood.Count(each => each.IsCompleted), 1, 12);

        await enough.CancelAsync();
        await Task.WhenAll(
            flood.Select(
                each => ((Task)each).ContinueWith(_ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default)));
    }

    [Theory]
    [InlineData("queue")]
    [InlineData("fal")]
    [InlineData("kie")]
    [InlineData("pixazo")]
    public async Task A_full_queue_is_said_in_each_dialects_form(string dialect)
    {
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        http.Response.Body = new MemoryStream();
        IResult answer = dialect switch
        {
            "queue" => QueueErrors.Of(http, Problem.InspectionBusy),
            "fal" => FalErrors.Of(http, Problem.InspectionBusy),
            "kie" => KieErrors.Of(http, Problem.InspectionBusy),
            _ => PixazoErrors.Of(http, Problem.InspectionBusy),
        };
        await answer.ExecuteAsync(http);
        Assert.Equal((429, "5"), (http.Response.StatusCode, http.Response.Headers.RetryAfter.ToString()));
    }

    [Theory]
    [InlineData("a page", "<html>script</html>", 422, "is an HTML page")]
    [InlineData("too large", "", 413, "at most 10485760 bytes are allowed")]
    [InlineData("huge", "", 422, "is 20000x20000, more than 100 megapixels; make it smaller.")]
    public async Task An_upload_is_held_to_what_a_requests_media_are(string kind, string content, int status, string reason)
    {
        var catalog = folder["catalog.json"];
        await File.WriteAllTextAsync(catalog, """{ "limits": { "uploadBytes": 10485760 } }""", Cancel);
        await using var gateway = await StartAsync(catalog);
        var bytes = Encoding.UTF8.GetBytes(content);
        if (kind == "too large") bytes = new byte[(10 << 20) + 1];
        if (kind == "huge")
        {
            bytes = [.. picture];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), 20_000);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), 20_000);
        }
        var (upload, _) = await InitiateAsync(gateway);
        // The gateway closes the connection after rejecting a file by its length, so the client asks before it sends the file.
        using var http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(5) });
        http.DefaultRequestHeaders.ExpectContinue = true;
        using var answer = await http.PutAsync(upload, new ByteArrayContent(bytes), Cancel);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain(
            await Stored.FilesInAsync(folder["data"], Cancel), file => file.Contains("/uploads/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_account_of_an_upload_is_read_from_its_key()
    {
        Assert.Equal(12, UploadKey.AccountOf(UploadKey.New(12, DateTimeOffset.UnixEpoch, ".png")));
        foreach (var key in new[] { "uploads/", "uploads/a/x", "uploads/a-1/x", "uploads/b1/x", "outputs/a1/x", "uploads/a1" })
            Assert.Null(UploadKey.AccountOf(key));
    }

    private async Task<IEnumerable<string>> InputsAsync() =>
        (await Stored.FilesInAsync(folder["data"], Cancel)).Where(file => file.Contains("/inputs/", StringComparison.Ordinal));

    private Task<TestGateway> StartAsync(string? catalog = null) =>
        TestGateway.StartAsync(
            0, Cancel, Directory.CreateDirectory(folder["data"]).FullName,
            new GatewayOptions { FetchAllow = "127.0.0.0/8", Catalog = catalog });

    private static async Task<(string Upload, string File)> InitiateAsync(TestGateway gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Origin + "/storage/upload/initiate")
        {
            Content = JsonContent.Create(new { content_type = "image/png", file_name = "a.png" }),
        };
        request.Headers.Authorization = new("Key", TestGateway.Key);
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request, Cancel);
        var links = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return (links.GetProperty("upload_url").GetString()!, links.GetProperty("file_url").GetString()!);
    }

    private async Task<string> UploadAsync(TestGateway gateway)
    {
        var (upload, file) = await InitiateAsync(gateway);
        using var http = new HttpClient();
        using var answer = await http.PutAsync(upload, new ByteArrayContent(picture), Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return file;
    }

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(
        TestGateway gateway, string query, IEnumerable<(string Name, string Value)> media)
    {
        var body = media.Append(("prompt", "a")).ToDictionary(field => field.Item1, field => field.Item2);
        using var answer = await gateway.Http.PostAsJsonAsync(Model + query, body, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task<HttpStatusCode> DryRunAsync(HttpClient http, byte[] picture, CancellationToken cancel)
    {
        using var answer = await http.PostAsJsonAsync(
            Model + "?dry_run=true", new { prompt = "a", data_uri = Convert.ToBase64String(picture) }, cancel);
        return answer.StatusCode;
    }
}
