using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>
/// The tasks extension, by raw JSON-RPC: neither the C# client nor the one from npm has it yet. The C# client can declare it.
/// </summary>
public sealed class McpTaskTests
{
    private const string Extension = "io.modelcontextprotocol/tasks", Version = "2026-07-28";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_a_task_until_its_video_is_ready()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var made = await CallAsync(gateway, new JsonObject { ["prompt"] = "a boat", ["duration"] = 0.5 });
        Assert.Equal(("task", "working"), (Text(made, "resultType"), Text(made, "status")));
        Assert.InRange((int)made["pollIntervalMs"]!, 2000, 30_000);
        Assert.Null(made["ttlMs"]);
        Assert.True(made.ContainsKey("ttlMs"));

        // It is stored, under an id that every API takes.
        var id = Text(made, "taskId");
        using var found = await gateway.Http.GetAsync($"/jobs/{id}", Cancel);
        Assert.True(found.IsSuccessStatusCode);

        var task = await EndedAsync(gateway, id);
        Assert.Equal(("complete", "completed"), (Text(task, "resultType"), Text(task, "status")));
        var content = task["result"]!["content"]!.AsArray();
        Assert.Contains(content, part => Text(part!, "type") == "resource_link" && Text(part!, "mimeType") == "video/mp4");
        Assert.Contains(content, part => Text(part!, "type") == "image");
        Assert.Equal("completed", Text(task["result"]!["structuredContent"]!, "status"));
    }

    [Theory]
    [InlineData("""{"action": "accept", "content": {"approve": true}}""", "completed")]
    [InlineData("""{"action": "accept", "content": {"approve": false}}""", "cancelled")]
    [InlineData("""{"action": "decline"}""", "cancelled")]
    public async Task The_approval_of_a_draft_is_the_input_of_its_task(string response, string status)
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        var made = await CallAsync(
            gateway, new JsonObject { ["prompt"] = "a boat", ["duration"] = 0.5, ["draft"] = "approve" });
        var id = Text(made, "taskId");
        var asks = await Eventually.ReadAsync(
            () => GetAsync(gateway, id), task => Text(task, "status") is "input_required" or "failed", Cancel);
        var question = asks["inputRequests"]!["approve_draft"]!;
        Assert.Equal(("elicitation/create", "form"), (Text(question, "method"), Text(question["params"]!, "mode")));
        Assert.Contains("http", Text(question["params"]!, "message"), StringComparison.Ordinal);

        // A client that cannot ask its user is told what to call.
        var received = await SendAsync(gateway.Http, "tasks/get", new JsonObject { ["taskId"] = id }, elicits: false);
        Assert.Equal("working", Text(received["result"]!, "status"));
        Assert.Null(received["result"]!["inputRequests"]);

        var dismissed = new JsonObject { ["approve_draft"] = new JsonObject { ["action"] = "cancel" } };
        await UpdateAsync(gateway, id, dismissed);
        Assert.Equal("input_required", Text(await GetAsync(gateway, id), "status"));
        await UpdateAsync(gateway, id, new JsonObject { ["approve_draft"] = JsonNode.Parse(response) });
        Assert.Equal(status, Text(await EndedAsync(gateway, id), "status"));
    }

    [Fact]
    public async Task A_task_belongs_to_its_account_and_is_cancelled_by_a_key_that_may()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var id = Text(await CallAsync(gateway, new JsonObject { ["prompt"] = "a" }), "taskId");
        var named = new JsonObject { ["taskId"] = id };
        var account = await gateway.Http.AddAccountAsync("stranger", "default", Cancel);
        using var stranger = AdminApi.With(gateway.Origin, (await gateway.Http.AddKeyAsync(account, Cancel)).Key);
        using var reader = AdminApi.With(
            gateway.Origin, (await gateway.Http.AddKeyAsync(1, Cancel, ["read"])).Key);
        foreach (var method in new[] { "tasks/get", "tasks/update", "tasks/cancel" })
            Assert.Equal(-32602, (int)(await SendAsync(stranger, method, named.DeepClone().AsObject()))["error"]!["code"]!);
        Assert.Equal(-32600, (int)(await SendAsync(reader, "tasks/cancel", named.DeepClone().AsObject()))["error"]!["code"]!);
        Assert.Equal("working", Text(await GetAsync(gateway, id), "status"));

        await SendAsync(gateway.Http, "tasks/cancel", named.DeepClone().AsObject());
        Assert.Equal("cancelled", Text(await GetAsync(gateway, id), "status"));
        foreach (var sent in new JsonNode?[] { null, 7, "", "none", new JsonArray() })
            Assert.Equal(
                -32602,
                (int)(await SendAsync(gateway.Http, "tasks/get", new JsonObject { ["taskId"] = sent }))["error"]!["code"]!);
    }

    [Fact]
    public async Task The_csharp_client_that_declares_the_extension_gets_a_task_and_others_get_the_request()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        await using var declares = await ConnectAsync(gateway, new Dictionary<string, object> { [Extension] = new JsonObject() });
        Assert.True(declares.ServerCapabilities.Extensions?.ContainsKey(Extension));
        Assert.Equal("task", Text(await CallAsync(declares), "resultType"));

        await using var plain = await ConnectAsync(gateway, null);
        Assert.Equal("queued", Text((await CallAsync(plain))["structuredContent"]!, "status"));
    }

    private static Task<McpClient> ConnectAsync(TestGateway gateway, Dictionary<string, object>? extensions) =>
        McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = new Uri(gateway.Origin + "/mcp"),
                AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {TestGateway.Key}" },
            }),
            new McpClientOptions { Capabilities = new ClientCapabilities { Extensions = extensions } },
            cancellationToken: Cancel);

    private static async Task<JsonNode> CallAsync(McpClient client)
    {
        var call = new JsonObject { ["name"] = "text_to_video", ["arguments"] = new JsonObject { ["prompt"] = "a" } };
        return (await client.SendRequestAsync(new JsonRpcRequest { Method = "tools/call", Params = call }, Cancel)).Result!;
    }

    private static async Task<JsonObject> CallAsync(TestGateway gateway, JsonObject arguments)
    {
        var answer = await SendAsync(
            gateway.Http, "tools/call", new JsonObject { ["name"] = "text_to_video", ["arguments"] = arguments });
        return answer["result"]!.AsObject();
    }

    private static async Task<JsonObject> GetAsync(TestGateway gateway, string id) =>
        (await SendAsync(gateway.Http, "tasks/get", new JsonObject { ["taskId"] = id }))["result"]!.AsObject();

    private static Task<JsonObject> EndedAsync(TestGateway gateway, string id) => Eventually.ReadAsync(
        () => GetAsync(gateway, id), task => Text(task, "status") is "completed" or "cancelled" or "failed", Cancel);

    private static async Task UpdateAsync(TestGateway gateway, string id, JsonObject responses)
    {
        var answer = await SendAsync(
            gateway.Http, "tasks/update", new JsonObject { ["taskId"] = id, ["inputResponses"] = responses });
        Assert.NotNull(answer["result"]);
    }

    private static async Task<JsonObject> SendAsync(HttpClient http, string method, JsonObject parameters, bool elicits = true)
    {
        var capabilities = new JsonObject { ["extensions"] = new JsonObject { [Extension] = new JsonObject() } };
        if (elicits) capabilities["elicitation"] = new JsonObject();
        parameters["_meta"] = new JsonObject
        {
            [MetaKeys.ProtocolVersion] = Version,
            [MetaKeys.ClientInfo] = new JsonObject { ["name"] = "test", ["version"] = "1" },
            [MetaKeys.ClientCapabilities] = capabilities,
        };
        var message = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent(message.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("MCP-Protocol-Version", Version);
        request.Headers.Add("Mcp-Method", method);
        if (parameters["name"] is { } name) request.Headers.Add("Mcp-Name", (string)name!);
        using var answer = await http.SendAsync(request, Cancel);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancel);
        if (answer.Content.Headers.ContentType?.MediaType != "text/event-stream")
            return (await JsonNode.ParseAsync(body, cancellationToken: Cancel))!.AsObject();
        await foreach (var item in SseParser.Create(body).EnumerateAsync(Cancel))
            if (item.Data.Length > 0) return JsonNode.Parse(item.Data)!.AsObject();
        throw new InvalidOperationException("The stream ended without a message.");
    }

    private static string Text(JsonNode value, string name) => (string?)value[name] ?? "";
}
