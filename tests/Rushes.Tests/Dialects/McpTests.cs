using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Rushes.Tests.Admin;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Agents, by the C# client, the client from npm, and the bridge for hosts that only start programs.</summary>
public sealed class McpTests(BadInputTests.IdleGateway idle) : IClassFixture<BadInputTests.IdleGateway>
{
    private static readonly string NpmFolder = Path.Combine(RoomTests.Root(), "tests", "clients", "mcp");

    /// <summary>By default the client waits for a minute, also for the bridge to start.</summary>
    private static readonly McpClientOptions Patient = new() { InitializationTimeout = TimeSpan.FromMinutes(10) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_npm_client_makes_a_video()
    {
        Assert.True(Directory.Exists(Path.Combine(NpmFolder, "node_modules")), $"run \"npm ci\" in {NpmFolder}, or ./test");
        await using var gateway = await TestGateway.StartAsync(workers: 1, Cancel);
        var exit = await Tool.RunAsync("node", [Path.Combine(NpmFolder, "agent.mjs"), gateway.Origin, TestGateway.Key], Cancel);
        Assert.True(exit.Ok, exit.Errors);
    }

    [Fact]
    public async Task A_request_is_created_once_listed_estimated_and_cancelled()
    {
        await using var agent = await ConnectAsync(TestGateway.Key);
        var fields = new Dictionary<string, object?> { ["prompt"] = "a boat", ["duration"] = 0.5, ["idempotency_key"] = "once" };
        var made = await CallAsync(agent, "text_to_video", fields);
        var id = made.GetProperty("request_id").GetString()!;
        Assert.Equal("queued", made.GetProperty("status").GetString());
        Assert.InRange(made.GetProperty("poll_after_seconds").GetInt32(), 2, 30);
        Assert.Equal(id, (await CallAsync(agent, "text_to_video", fields)).GetProperty("request_id").GetString());

        var listed = await CallAsync(agent, "list_videos", new() { ["status"] = "queued" });
        Assert.Contains(
            listed.GetProperty("videos").EnumerateArray(), video => video.GetProperty("request_id").GetString() == id);
        var estimate = await CallAsync(
            agent, "estimate_video", new() { ["model"] = "wan22-fast-t2v", ["input"] = new { prompt = "a", duration = 0.5 } });
        Assert.Equal(832, estimate.GetProperty("video").GetProperty("width").GetInt32());

        var request = new Dictionary<string, object?> { ["request_id"] = id };
        Assert.Equal("cancelled", (await CallAsync(agent, "cancel_video", request)).GetProperty("status").GetString());
        var again = await agent.CallToolAsync("cancel_video", request, cancellationToken: Cancel);
        Assert.True(again.IsError);
        Assert.Equal("already_finished", Structured(again).GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_approved_draft_becomes_a_video_with_a_picture()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 1, Cancel);
        await using var agent = await ConnectAsync(TestGateway.Key, gateway);
        var made = await CallAsync(
            agent, "text_to_video",
            new() { ["prompt"] = "a kite", ["duration"] = 0.5, ["draft"] = "approve", ["job_timeout"] = "1h" });
        var request = new Dictionary<string, object?> { ["request_id"] = made.GetProperty("request_id").GetString() };
        var drafted = await Eventually.ReadAsync(
            () => CallAsync(agent, "get_video", request), video => video.TryGetProperty("draft_url", out _), Cancel);
        Assert.Equal("awaiting_approval", drafted.GetProperty("status").GetString());

        var approved = await CallAsync(agent, "approve_draft", request);
        Assert.NotEqual("awaiting_approval", approved.GetProperty("status").GetString());
        Assert.Equal("completed", await Eventually.ReadAsync(
            async () => (await CallAsync(agent, "get_video", request)).GetProperty("status").GetString(),
            status => status is not ("queued" or "running"), Cancel));
        var result = await agent.CallToolAsync("get_video", request, cancellationToken: Cancel);
        var link = Assert.Single(result.Content.OfType<ResourceLinkBlock>());
        using var anybody = new HttpClient();
        Assert.Equal(link.Size, (await anybody.GetByteArrayAsync(link.Uri, Cancel)).Length);
        Assert.Equal("image/webp", Assert.Single(result.Content.OfType<ImageContentBlock>()).MimeType);
    }

    [Theory]
    [InlineData("text_to_video", """{"prompt": "a", "duration": 60}""", "duration")]
    [InlineData("text_to_video", """{"prompt": "a", "model": "wan22-s2v-pro"}""", "model")]
    [InlineData("text_to_video", """{}""", "prompt")]
    [InlineData("image_to_video", """{"prompt": "a", "data_uri": "aGVsbG8="}""", "data_uri")]
    [InlineData("image_to_video", """{"prompt": "a", "data_uri": "/home/a cat \"b\".png"}""", "data_uri")]
    [InlineData("estimate_video", """{"model": "wan22-fast-i2v", "input": {"prompt": "a", "data_uri": "a cat"}}""", "data_uri")]
    [InlineData("estimate_video", """{"model": "none", "input": {}}""", "model")]
    [InlineData("estimate_video", """{"model": "wan22-fast-t2v"}""", "input")]
    [InlineData("list_videos", """{"limit": 1000}""", "limit")]
    [InlineData("list_videos", """{"status": "asleep"}""", "status")]
    public async Task A_bad_argument_is_rejected_by_name(string tool, string arguments, string field)
    {
        await using var agent = await ConnectAsync(TestGateway.Key);
        var sent = JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments);
        var answer = await agent.CallToolAsync(tool, sent, cancellationToken: Cancel);
        Assert.True(answer.IsError);
        Assert.Equal(field, Structured(answer).GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_key_may_what_its_scopes_allow_and_sees_its_accounts_requests_alone()
    {
        var made = await idle.Gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", new { prompt = "a" }, Cancel);
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
        var account = await idle.Gateway.Http.AddAccountAsync($"agent {id}", "default", Cancel);
        var (_, key) = await idle.Gateway.Http.AddKeyAsync(account, Cancel, ["read"]);
        await using var reader = await ConnectAsync(key);

        var created = await reader.CallToolAsync(
            "text_to_video", new Dictionary<string, object?> { ["prompt"] = "a" }, cancellationToken: Cancel);
        Assert.Equal("forbidden", Structured(created).GetProperty("code").GetString());
        var stranger = await reader.CallToolAsync(
            "get_video", new Dictionary<string, object?> { ["request_id"] = id }, cancellationToken: Cancel);
        Assert.Equal("request_not_found", Structured(stranger).GetProperty("code").GetString());

        using var withoutKey = new HttpClient();
        using var rejected = await withoutKey.PostAsJsonAsync(idle.Gateway.Origin + "/mcp", new { }, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, rejected.StatusCode);
    }

    [Fact]
    public async Task A_host_that_starts_programs_uses_the_bridge()
    {
        await using var agent = await McpClient.CreateAsync(
            new StdioClientTransport(new StdioClientTransportOptions
            {
                Command = "dotnet",
                Arguments =
                [
                    Path.Combine(AppContext.BaseDirectory, "Rushes.Cli.dll"), "mcp", "--url", idle.Gateway.Origin,
                    "--key", TestGateway.Key,
                ],
            }), Patient, cancellationToken: Cancel);
        var tools = await agent.ListToolsAsync(cancellationToken: Cancel);
        Assert.Contains(tools, tool => tool.Name == "text_to_video");
        var models = await agent.CallToolAsync("list_models", cancellationToken: Cancel);
        Assert.NotEmpty(Structured(models).GetProperty("models").EnumerateArray());
    }

    private Task<McpClient> ConnectAsync(string key, TestGateway? gateway = null) => McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri((gateway ?? idle.Gateway).Origin + "/mcp"),
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" },
        }), Patient, cancellationToken: Cancel);

    private static async Task<JsonElement> CallAsync(McpClient agent, string tool, Dictionary<string, object?> arguments)
    {
        var answer = await agent.CallToolAsync(tool, arguments, cancellationToken: Cancel);
        Assert.False(answer.IsError == true, answer.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text);
        return Structured(answer);
    }

    private static JsonElement Structured(CallToolResult result) => result.StructuredContent!.Value;
}
