using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rushes.Files.S3;
using Rushes.Retention;
using Rushes.Server.Settings;
using Rushes.Tests.Engines;
using Xunit;

namespace Rushes.Tests.Files.S3;

/// <summary>A gateway that stores its files in a bucket of a real S3 server.</summary>
public sealed class S3GatewayTests(S3Server server) : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly HttpClient stranger = new();
    private S3Options bucket = null!;
    private S3FileStore store = null!;
    private object request = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        bucket = await server.NewBucketAsync(Cancel) with { Region = "auto" };
        store = await S3FileStore.OpenAsync(bucket, S3Server.Credentials, TimeProvider.System, Cancel);
        var picture = await File.ReadAllBytesAsync(await SampleMedia.PictureAsync(folder), Cancel);
        request = new { prompt = "a boat", data_uri = Convert.ToBase64String(picture), duration = 0.5 };
    }

    public ValueTask DisposeAsync()
    {
        store.Dispose();
        stranger.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_picture_becomes_a_video_behind_a_link_of_the_bucket()
    {
        await using var gateway = await StartAsync(bucket.Endpoint, workers: 1);
        var id = await CreateAsync(gateway, binary: true);
        var status = await EndAsync(gateway, id);
        Assert.Equal("COMPLETED", status.GetProperty("status").GetString());
        var key = status.GetProperty("statusMessages")
            .GetProperty("result_uri")
            .GetString()!
            .Replace($"s3://{bucket.Bucket}/", "", StringComparison.Ordinal);
        Assert.Equal(["inputs/a1/", key], await KeysAsync(key));

        var result = await gateway.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-i2v/requests/{id}", Cancel);
        var link = result.GetProperty("video").GetProperty("data_uri").GetString()!;
        Assert.StartsWith(bucket.Endpoint.AbsoluteUri, link, StringComparison.Ordinal);
        await AssertVideoAsync(link);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync(link + "0", Cancel)).StatusCode);

        var download = await gateway.Http.GetFromJsonAsync<JsonElement>($"/fal/download/{bucket.Bucket}/{key}", Cancel);
        await AssertVideoAsync(download.GetProperty("url").GetString()!);

        // A link of the bucket is an input as well, and is read from there.
        var again = await CreateAsync(
            gateway, binary: false,
            new { prompt = "more", data_uri = store.Presign(
                "GET", (await FirstAsync("inputs/")).Key, TimeSpan.FromHours(1), bucket.Endpoint), duration = 0.5 });
        Assert.Equal("COMPLETED", (await EndAsync(gateway, again)).GetProperty("status").GetString());
        var whole = await gateway.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-i2v/requests/{again}", Cancel);
        AssertVideo(whole.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64());
    }

    [Fact]
    public async Task A_video_of_a_remote_worker_is_stored_in_the_bucket()
    {
        await using var gateway = await StartAsync(bucket.Endpoint, workers: 0);
        await using var worker = GatewayProcess.Launch(["worker", "--server", gateway.Origin], TestGateway.Key);
        var id = await CreateAsync(gateway, binary: true);
        Assert.Equal("COMPLETED", (await EndAsync(gateway, id)).GetProperty("status").GetString());
        var result = await gateway.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-i2v/requests/{id}", Cancel);
        await AssertVideoAsync(result.GetProperty("video").GetProperty("data_uri").GetString()!);
        Assert.Equal("video/mp4", (await store.FindAsync((await FirstAsync("outputs/")).Key, Cancel))!.ContentType);
    }

    [Fact]
    public async Task A_finished_video_waits_for_a_bucket_that_is_away()
    {
        await using var line = new FaultyLine(bucket.Endpoint);
        await using var gateway = await StartAsync(line.Address, workers: 1);
        // The job starts once the bucket is away, and its video is all that is stored: there is no input, and the mark is there.
        await Eventually.TrueAsync(async () => await store.FindAsync(StoreOwner.Key, Cancel) is not null, Cancel);
        using var paused = await gateway.Http.PostAsync("/admin/lanes/t2v/pause", null, Cancel);
        using var created = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "a boat", duration = 0.5 }, Cancel);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
        line.AnswerBusy(6);
        using var resumed = await gateway.Http.PostAsync("/admin/lanes/t2v/resume", null, Cancel);
        Assert.True(paused.IsSuccessStatusCode && resumed.IsSuccessStatusCode);
        var status = await Eventually.EndedAsync(gateway.Http, id, Cancel);
        Assert.Equal("COMPLETED", status.GetProperty("status").GetString());
        Assert.Equal(6, line.Faults);
    }

    [Fact]
    public async Task A_request_whose_file_cannot_be_stored_is_rejected_and_may_be_sent_again()
    {
        await using var gateway = await StartAsync(bucket.Endpoint, workers: 0);
        using var client = await server.ClientAsync();
        await EmptyAsync();
        await client.DeleteBucketAsync(bucket.Bucket, Cancel);
        using var rejected = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-i2v", request, Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, rejected.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), rejected.Headers.RetryAfter?.Delta);
        Assert.Equal(
            "unavailable", (await rejected.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("code").GetString());
        Assert.DoesNotContain(bucket.Bucket, await rejected.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        await client.PutBucketAsync(bucket.Bucket, Cancel);
        Assert.NotEmpty(await CreateAsync(gateway, binary: true));
    }

    [Fact]
    public async Task A_bucket_that_cannot_be_used_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<SettingsException>(
            () => TestGateway.StartAsync(0, Cancel, folder.Path, Options(bucket.Endpoint) with { StorageSecretKey = "wrong" }));
        Assert.StartsWith($"Storage: the bucket \"{bucket.Bucket}\" cannot be listed: ", error.Message, StringComparison.Ordinal);
    }

    private Task<TestGateway> StartAsync(Uri endpoint, int workers) =>
        TestGateway.StartAsync(workers, Cancel, options: Options(endpoint));

    private GatewayOptions Options(Uri endpoint) => new()
    {
        Storage = $"s3://{bucket.Bucket}?endpoint={endpoint.AbsoluteUri.TrimEnd('/')}&region=auto",
        StorageAccessKey = S3Server.AccessKey, StorageSecretKey = S3Server.SecretKey,
    };

    private async Task<string> CreateAsync(TestGateway gateway, bool binary, object? input = null)
    {
        using var create = new HttpRequestMessage(
            HttpMethod.Post, "/queue/wan22-fast-i2v") { Content = JsonContent.Create(input ?? request) };
        if (binary) create.Headers.Add("x-pipelet-output", "binary");
        using var answer = await gateway.Http.SendAsync(create, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    private static Task<JsonElement> EndAsync(TestGateway gateway, string id) =>
        Eventually.EndedAsync(gateway.Http, id, Cancel, "wan22-fast-i2v");

    private async Task AssertVideoAsync(string link)
    {
        using var answer = await stranger.GetAsync(link, Cancel);
        Assert.Equal((HttpStatusCode.OK, "video/mp4"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        AssertVideo(await answer.Content.ReadAsByteArrayAsync(Cancel));
    }

    private static void AssertVideo(byte[] content) => Assert.Equal("ftyp", Encoding.ASCII.GetString(content, 4, 4));

    /// <summary>Every key of the bucket; that of an input without its day and number.</summary>
    private async Task<string[]> KeysAsync(string output)
    {
        var keys = new List<string>();
        await foreach (var file in store.ListAsync("", Cancel))
            if (file.Key != StoreOwner.Key) keys.Add(file.Key == output ? output : file.Key[..10]);
        return [.. keys];
    }

    /// <summary>A gateway leaves its mark in the bucket just after the start.</summary>
    private async Task EmptyAsync()
    {
        await Eventually.TrueAsync(async () => await store.FindAsync(StoreOwner.Key, Cancel) is not null, Cancel);
        await store.DeleteAsync(StoreOwner.Key, Cancel);
    }

    private async Task<Rushes.Files.StoredFile> FirstAsync(string below)
    {
        await foreach (var file in store.ListAsync(below, Cancel)) return file;
        throw new InvalidOperationException($"There is nothing below {below}");
    }
}
