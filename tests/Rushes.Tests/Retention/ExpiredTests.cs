using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Files;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Rushes.Tests.Conformance;
using Xunit;

namespace Rushes.Tests.Retention;

/// <summary>The responses of each dialect after a video or a job was deleted.</summary>
public sealed class ExpiredTests : IAsyncLifetime
{
    private const string Job = "/queue/wan22-fast-t2v/requests/1";

    private readonly TempFolder data = new();
    private string key = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var january = new FakeClock();
        await using var database = await SqliteDatabase.OpenAsync(data["rushes.db"], new RetryPolicy(), january);
        var account = await database.Accounts.EnsureAccountAsync("first", Cancel);
        await database.Jobs.SubmitAsync(DatabaseConformance.NewJob(account, "t2v", january.GetUtcNow()), Cancel);
        var lease = (await database.Leases.ClaimAsync(
            new ClaimRequest("elsewhere/1", ["t2v"], january.GetUtcNow().AddSeconds(60)), Cancel))!;
        key = OutputKey.Of(account, lease.Job.Id, lease.Fence, lease.Job.Model);
        await File.WriteAllBytesAsync(data["video"], new byte[100], Cancel);
        await new LocalFileStore(data["files"], "rushes-files", new byte[32], january).PutAsync(
            key, data["video"], "video/mp4", Cancel);
        await database.Leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done(key, 100), Cancel);
    }

    public ValueTask DisposeAsync()
    {
        data.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task By_default_it_is_all_still_there()
    {
        await using var gateway = await StartAsync(new GatewayOptions());
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(data.Path, "files", "rushes-files", "owner.txt")), Cancel);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Http.GetAsync(Job, Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_video_that_is_gone_is_told_in_each_dialect_s_words()
    {
        await using var gateway = await StartAsync(new GatewayOptions { KeepOutputsDays = 30 });
        await Eventually.TrueAsync(() => !File.Exists(Path.Combine(data.Path, "files", "rushes-files", key)), Cancel);

        var (status, body) = await AskAsync(gateway, Job);
        Assert.Equal((HttpStatusCode.Gone, "expired"), (status, body.GetProperty("code").GetString()));
        (status, body) = await AskAsync(gateway, Job + "/status");
        Assert.Equal((HttpStatusCode.OK, "COMPLETED"), (status, body.GetProperty("status").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(gateway, $"/fal/download/rushes-files/{key}")).Status);

        (status, body) = await AskAsync(gateway, "/fal-ai/wan/requests/1", fal: true);
        Assert.Equal(HttpStatusCode.Gone, status);
        Assert.Contains("deleted", body.GetProperty("detail").GetString(), StringComparison.Ordinal);

        // These two answer with a link and do not look: it is the link that says so.
        (_, body) = await AskAsync(gateway, "/api/v1/jobs/recordInfo?taskId=1");
        var kie = JsonElement.Parse(body.GetProperty("data").GetProperty("resultJson").GetString()!)
            .GetProperty("resultUrls")[0]
            .GetString()!;
        (_, body) = await AskAsync(gateway, "/wan2.2-s2v-polling/getStatusSpeechToVideo", new { requestId = "1" });
        var pixazo = body.GetProperty("video").GetProperty("url").GetString()!;
        foreach (var link in new[] { kie, pixazo })
            Assert.Equal(HttpStatusCode.NotFound, (await gateway.Http.GetAsync(link, Cancel)).StatusCode);
        (status, body) = await AskAsync(gateway, "/api/v1/common/download-url", new { url = kie });
        Assert.Equal((HttpStatusCode.NotFound, "The file is no longer stored"), (status, body.GetProperty("msg").GetString()));
    }

    [Fact]
    public async Task A_job_that_is_gone_is_one_that_never_was()
    {
        await using var gateway = await StartAsync(new GatewayOptions { KeepJobsDays = 30 });
        await Eventually.TrueAsync(() => !File.Exists(Path.Combine(data.Path, "files", "rushes-files", key)), Cancel);

        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(gateway, Job)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(gateway, "/fal-ai/wan/requests/1/status", fal: true)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(gateway, "/api/v1/jobs/recordInfo?taskId=1")).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await AskAsync(gateway, "/wan2.2-s2v-polling/getStatusSpeechToVideo", new { requestId = "1" })).Status);
        using var create = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", new { prompt = "a" }, Cancel);
        Assert.Equal("2", (await create.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString());
    }

    private Task<TestGateway> StartAsync(GatewayOptions options) => TestGateway.StartAsync(0, Cancel, data.Path, options);

    private static async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(
        TestGateway gateway, string path, object? post = null, bool fal = false)
    {
        using var ask = new HttpRequestMessage(post is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (post is not null) ask.Content = JsonContent.Create(post);
        if (fal) ask.Headers.Add("Authorization", $"Key {TestGateway.Key}");
        using var answer = await gateway.Http.SendAsync(ask, Cancel);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel));
    }
}
