using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Rushes.Server.Settings;
using Rushes.Tests.Postgres;
using Xunit;

namespace Rushes.Tests.Faults;

/// <summary>A gateway whose PostgreSQL is stopped for a time.</summary>
public sealed class DatabaseAwayTests : IAsyncLifetime
{
    private static readonly object Short = new { prompt = "a wave", duration = 0.5, width = 512, height = 512 };

    private PostgresCluster server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresCluster.StartAsync();
        await server.CreateAsync("rushes");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task While_the_database_is_away_requests_are_answered_503_and_nothing_is_stored()
    {
        await using var gateway = await StartAsync();
        await CreateAsync(gateway);
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
        await gateway.LoggedAsync("DatabaseBack", Cancel);
        var second = await CreateAsync(gateway);
        await Eventually.TrueAsync(
            async () => (await StatusAsync(gateway, second)).GetProperty("queue_position").GetInt32() == 1, Cancel);
    }

    [Fact]
    public async Task A_client_that_left_before_it_was_told_so_is_no_fault()
    {
        await using var gateway = await StartAsync();
        await server.StopAsync();
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", Short, patience.Token));

        // It is answered after the first one.
        using (var rejected = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", Short, Cancel))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, rejected.StatusCode);
        await server.UpAsync();
        await gateway.LoggedAsync("DatabaseBack", Cancel);
        Assert.False(gateway.HasLoggedAnError);
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
        var draw = await engine.WriteAsync(Cancel);
        await using var gateway = await StartAsync(
            elsewhere ? 0 : 1, new GatewayOptions { LeaseSeconds = lease, Engine = draw });
        await using var worker = elsewhere
            ? GatewayProcess.Launch(["worker", "--server", gateway.Origin, "--engine", draw], TestGateway.Key)
            : null;
        var id = await CreateAsync(gateway);
        if (worker is null) await gateway.LoggedAsync("JobStarted", Cancel);
        else Assert.NotNull(await worker.WaitForAsync("JobStarted", Cancel));

        await server.StopAsync();
        // It comes back when the last heartbeat is longer ago than a lease.
        var began = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(
            () => TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(lease + 2), Cancel);
        await server.UpAsync();
        await engine.GoAsync(Cancel);

        var ended = await Eventually.EndedAsync(gateway.Http, id, Cancel);
        Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
        Assert.Equal(
            "0 0", await server.ReadAsync("rushes", $"SELECT attempts || ' ' || interruptions FROM jobs WHERE id = {id}"));
    }

    private static async Task<CallToolResult> CallToolAsync(TestGateway gateway, string tool)
    {
        await using var agent = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = new Uri($"{gateway.Origin}/mcp"),
                AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {TestGateway.Key}" },
            }), cancellationToken: Cancel);
        return await agent.CallToolAsync(tool, new Dictionary<string, object?> { ["prompt"] = "a" }, cancellationToken: Cancel);
    }

    private Task<TestGateway> StartAsync(int workers = 0, GatewayOptions? options = null) => TestGateway.StartAsync(
        workers, Cancel, options: (options ?? new GatewayOptions()) with { Database = server.Url("rushes") });

    private static async Task<string> CreateAsync(TestGateway gateway)
    {
        using var answer = await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", Short, Cancel);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    private static Task<JsonElement> StatusAsync(TestGateway gateway, string id) =>
        gateway.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}/status", Cancel);
}
