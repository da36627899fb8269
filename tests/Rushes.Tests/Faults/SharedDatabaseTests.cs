using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Rushes.Tests.Postgres;
using Xunit;

namespace Rushes.Tests.Faults;

/// <summary>Two real gateways on one PostgreSQL.</summary>
public sealed class SharedDatabaseTests : IAsyncLifetime
{
    private static readonly object Short = new { prompt = "a wave", duration = 0.5, width = 512, height = 512 };

    private readonly TempFolder[] data = [new(), new()];
    private PostgresCluster server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresCluster.StartAsync();
        await server.CreateAsync("rushes");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        foreach (var folder in data) folder.Dispose();
    }

    [Fact]
    public async Task Positions_are_the_same_at_both_and_any_of_them_cancels()
    {
        await using var first = await StartAsync(0, workers: 0);
        await using var second = await StartAsync(1, workers: 0);
        var ids = new List<string>();
        for (var i = 0; i < 6; i++) ids.Add(await CreateAsync(i % 2 == 0 ? first : second, Short));
        foreach (var gateway in new[] { first, second })
            for (var place = 0; place < ids.Count; place++) await PositionAsync(gateway, ids[place], place);

        using (await second.Http.PutAsync($"/queue/wan22-fast-t2v/requests/{ids[0]}/cancel", null, Cancel)) { }
        await PositionAsync(first, ids[5], 4);
        Assert.Equal("CANCELLED", (await StatusAsync(first, ids[0])).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_key_revoked_at_one_is_good_at_neither()
    {
        await using var first = await StartAsync(0, workers: 0);
        await using var second = await StartAsync(1, workers: 0);
        using var made = await first.Http.PostAsJsonAsync(
            "/admin/keys", new { account = "first", name = "app", scopes = new[] { "read" } }, Cancel);
        var key = await made.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        await AnswerAsync(second, key.GetProperty("key").GetString()!, HttpStatusCode.NotFound);
        using (var deleted = await first.Http.DeleteAsync($"/admin/keys/{key.GetProperty("id")}", Cancel))
            deleted.EnsureSuccessStatusCode();
        await AnswerAsync(second, key.GetProperty("key").GetString()!, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_killed_gateway_takes_back_its_own_runs_and_leaves_the_others()
    {
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        string[] draw = ["--engine", await engine.WriteAsync(Cancel)];
        await using var first = await StartAsync(0, workers: 1, draw);
        await using var second = await StartAsync(1, workers: 1, draw);
        var ids = new[] { await CreateAsync(first, Short), await CreateAsync(first, Short) };
        // Each runs one, because neither ends.
        Assert.NotNull(await first.WaitForAsync("JobStarted", Cancel));
        Assert.NotNull(await second.WaitForAsync("JobStarted", Cancel));
        await second.KillAsync();

        await using var again = await StartAsync(1, workers: 1, draw);
        await engine.GoAsync(Cancel);
        foreach (var id in ids) await EndAsync(first, id);
        Assert.Equal("0 1", await server.ReadAsync("rushes", "SELECT sum(attempts) || ' ' || sum(interruptions) FROM jobs"));
    }

    [Fact]
    public async Task While_the_database_is_away_requests_are_answered_503_and_nothing_is_stored()
    {
        await using var gateway = await StartAsync(0, workers: 0);
        await CreateAsync(gateway, Short);
        await server.StopAsync();
        using (var rejected = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", Short, Cancel))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, rejected.StatusCode);
            Assert.NotNull(rejected.Headers.RetryAfter);
            Assert.Equal(
                "database_away", (await rejected.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("code").GetString());
        }

        foreach (var tool in new[] { "text_to_video", "list_videos" })
        {
            // An agent reads results of tools, and not errors of the protocol.
            var result = await CallToolAsync(gateway, tool);
            Assert.True(result.IsError);
            Assert.Equal("database_away", result.StructuredContent!.Value.GetProperty("code").GetString());
            Assert.EndsWith("Retry in a moment.", Assert.IsType<TextContentBlock>(result.Content[0]).Text);
        }
        using (var kie = await gateway.Http.GetAsync($"/api/v1/jobs/recordInfo?taskId={new string('0', 32)}", Cancel))
            Assert.NotEqual(HttpStatusCode.OK, kie.StatusCode);
        using (var ready = await gateway.Http.GetAsync("/health/ready", Cancel))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);

        await server.UpAsync();
        await gateway.WaitForAsync("DatabaseBack", Cancel);
        await PositionAsync(gateway, await CreateAsync(gateway, Short), 1);
    }

    [Fact]
    public async Task A_client_that_left_before_it_was_told_so_is_no_fault()
    {
        await using var gateway = await StartAsync(0, workers: 0);
        await server.StopAsync();
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", Short, patience.Token));

        // Answered when the first one's turn is over.
        using (var rejected = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", Short, Cancel))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, rejected.StatusCode);
        await server.UpAsync();
        await gateway.WaitForAsync("DatabaseBack", Cancel);
        Assert.DoesNotContain(gateway.Output, line => line.Contains("fail:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_outlasts_a_database_that_is_away_for_longer_than_its_lease(bool elsewhere)
    {
        // Long enough that a busy machine does not delay all heartbeats of a lease.
        const int lease = 20;
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        string[] draw = ["--engine", await engine.WriteAsync(Cancel)];
        await using var gateway = await StartAsync(0, workers: elsewhere ? 0 : 1, ["--lease-seconds", $"{lease}", .. draw]);
        await using var worker = elsewhere
            ? GatewayProcess.Launch(["worker", "--server", $"{gateway.Http.BaseAddress}", .. draw], TestGateway.Key)
            : null;
        var id = await CreateAsync(gateway, Short);
        Assert.NotNull(await (worker ?? gateway).WaitForAsync("JobStarted", Cancel));

        await server.StopAsync();
        // It comes back when the last heartbeat is longer ago than a lease.
        var began = TimeProvider.System.GetTimestamp();
        await UntilAsync(() => Task.FromResult(TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(lease + 2)));
        await server.UpAsync();
        await engine.GoAsync(Cancel);

        await EndAsync(gateway, id);
        Assert.Equal("0 0", await CountsAsync(id));
    }

    [Fact]
    public async Task What_one_takes_in_the_other_makes_and_delivers()
    {
        string[] shared = ["--storage", $"local={data[0]["shared"]}", "--fetch-allow", "127.0.0.0/8"];
        await using var front = await StartAsync(0, workers: 1, [.. shared, "--roles", "api"]);
        await using var back = await StartAsync(
            1, workers: 1, [.. shared, "--roles", "work,sweep,webhooks", "--public-url", front.Http.BaseAddress!.AbsoluteUri]);
        using (var ready = await back.Http.GetAsync("/health/ready", Cancel)) Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        using (var rejected = await back.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", Short, Cancel))
            Assert.Equal(HttpStatusCode.NotFound, rejected.StatusCode);

        // Nobody listens there, which is told in the job's deliveries.
        var id = await CreateAsync(
            front, new { prompt = "a wave", duration = 0.5, width = 512, height = 512, webhook_url = "http://127.0.0.1:8799/" });
        await EndAsync(front, id);
        await UntilAsync(
            async () => await server.ReadAsync(
                "rushes", $"SELECT count(*) FROM delivery_tries JOIN deliveries ON delivery = id WHERE job = {id}") != "0");
        Assert.NotEmpty((await front.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}", Cancel))
            .GetProperty("video").GetProperty("data_uri").GetBytesFromBase64());
        Assert.DoesNotContain(front.Output, line => line.Contains("JobStarted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Callbacks_from_where_nobody_is_answered_need_the_public_address()
    {
        await using var gateway = GatewayProcess.Launch(
            ["serve", "--data", data[0].Path, "--roles", "work,webhooks"], TestGateway.Key);
        Assert.NotNull(await gateway.WaitForAsync("webhooks without api needs PublicUrl", Cancel));
        Assert.Equal(2, await gateway.ExitAsync(Cancel));
    }

    private Task<GatewayProcess> StartAsync(int which, int workers, params string[] more) =>
        GatewayProcess.StartAsync(data[which].Path, workers, Cancel, ["--database", server.Url("rushes"), .. more]);

    private static async Task<string> CreateAsync(GatewayProcess gateway, object input)
    {
        using var answer = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", input, Cancel);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    private static async Task<CallToolResult> CallToolAsync(GatewayProcess gateway, string tool)
    {
        await using var agent = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = new Uri(gateway.Http.BaseAddress!, "/mcp"),
                AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {TestGateway.Key}" },
            }), cancellationToken: Cancel);
        return await agent.CallToolAsync(tool, new Dictionary<string, object?> { ["prompt"] = "a" }, cancellationToken: Cancel);
    }

    private static async Task PositionAsync(GatewayProcess gateway, string id, int expected) =>
        await UntilAsync(async () => (await StatusAsync(gateway, id)) is var status
            && status.TryGetProperty(
                "queue_position",
                out var position) && position.GetInt32() == expected && status.GetProperty("status").GetString() == "IN_QUEUE");

    private static async Task EndAsync(GatewayProcess gateway, string id) => Assert.Equal(
        "COMPLETED", (await Eventually.EndedAsync(gateway.Http, id, Cancel)).GetProperty("status").GetString());

    private static async Task<JsonElement> StatusAsync(GatewayProcess gateway, string id) =>
        await gateway.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}/status", Cancel);

    private static Task AnswerAsync(GatewayProcess gateway, string key, HttpStatusCode expected) => UntilAsync(async () =>
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(gateway.Http.BaseAddress!, "/queue/wan22-fast-t2v/requests/999/status"));
        request.Headers.Authorization = new("Bearer", key);
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request, Cancel);
        return answer.StatusCode == expected;
    });

    private static Task UntilAsync(Func<Task<bool>> condition) => Eventually.TrueAsync(condition, Cancel);

    private async Task<string> CountsAsync(string job) =>
        await server.ReadAsync("rushes", $"SELECT attempts || ' ' || interruptions FROM jobs WHERE id = {job}");
}
