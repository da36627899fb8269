using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Faults;

/// <summary>Two customers on a gateway with one worker, where accounts take turns.</summary>
public sealed class HeavyNeighbourTests
{
    private const int Heavy = 60;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_queue_delays_another_account_by_the_job_that_runs()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel, options: new GatewayOptions { FairShare = true });
        using var heavy = await CustomerAsync(gateway, "heavy");
        using var light = await CustomerAsync(gateway, "light");
        var queued = new List<string>();
        for (var i = 0; i < Heavy; i++) queued.Add((await CreateAsync(heavy)).Id);

        for (var round = 0; round < 3; round++)
        {
            var (id, position) = await CreateAsync(light);
            // At a moment when none of theirs runs, the one whose turn it is goes first.
            Assert.InRange(position, 0, 1);
            await EndAsync(light, id);
            // The one whose turn it was, and one that may have started while this one was stored.
            Assert.InRange(await StartedWhileItWaitedAsync(heavy, queued, await HistoryAsync(light, id)), 0, 2);
        }
    }

    private static async Task<HttpClient> CustomerAsync(TestGateway gateway, string name)
    {
        var account = await gateway.Http.AddAccountAsync(name, "default", Cancel);
        return AdminApi.With(gateway.Origin, (await gateway.Http.AddKeyAsync(account, Cancel)).Key);
    }

    private static async Task<(string Id, int Position)> CreateAsync(HttpClient http)
    {
        using var answer = await http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "a wave", duration = 0.5, width = 512, height = 512 }, Cancel);
        answer.EnsureSuccessStatusCode();
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
        return (id, (await StatusAsync(http, id)).TryGetProperty("queue_position", out var position) ? position.GetInt32() : 0);
    }

    private static async Task EndAsync(HttpClient http, string id) => Assert.Equal(
        "COMPLETED", (await Eventually.EndedAsync(http, id, Cancel)).GetProperty("status").GetString());

    /// <summary>By the gateway's own times: jobs go on while a test asks for them.</summary>
    private static async Task<int> StartedWhileItWaitedAsync(HttpClient http, List<string> ids, JsonElement job)
    {
        var (created, started) = (job.GetProperty("created_at").GetDateTimeOffset(), StartOf(job));
        Assert.NotNull(started);
        var count = 0;
        foreach (var id in ids)
            if (StartOf(await HistoryAsync(http, id)) is { } time && time > created && time < started) count++;
        return count;
    }

    private static DateTimeOffset? StartOf(JsonElement job) =>
        job.TryGetProperty("started_at", out var started) && started.ValueKind == JsonValueKind.String
            ? started.GetDateTimeOffset() : null;

    private static Task<JsonElement> HistoryAsync(HttpClient http, string id) =>
        http.GetFromJsonAsync<JsonElement>($"/jobs/{id}/history", Cancel);

    private static Task<JsonElement> StatusAsync(HttpClient http, string id) =>
        http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}/status", Cancel);
}
