using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Rushes.Server.Dialects.Mcp;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>What /mcp does with bodies and messages that no well-behaved client sends.</summary>
public sealed class McpBodyTests(BadInputTests.IdleGateway idle) : IClassFixture<BadInputTests.IdleGateway>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workers_key_is_rejected_before_the_body_is_read()
    {
        var account = await idle.Gateway.Http.AddAccountAsync($"worker {Guid.NewGuid()}", "default", Cancel);
        var (_, key) = await idle.Gateway.Http.AddKeyAsync(account, Cancel, ["worker"]);
        var origin = new Uri(idle.Gateway.Origin);
        using var client = new TcpClient();
        await client.ConnectAsync(origin.Host, origin.Port, Cancel);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /mcp HTTP/1.1\r\nHost: {origin.Authority}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
            + "Accept: application/json, text/event-stream\r\nContent-Length: 14000000\r\n\r\n"), Cancel);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.Equal("HTTP/1.1 403 Forbidden", await reader.ReadLineAsync(Cancel));
    }

    [Fact]
    public async Task Fields_over_a_megabyte_are_rejected_and_media_are_not_counted()
    {
        var many = string.Join(',', Enumerable.Repeat("[]", 400_000));
        using var rejected = await SendAsync(
            """{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"x":[""" + many + "]}}");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, rejected.StatusCode);
        Assert.Equal(-32600, (await ReadAsync(rejected)).GetProperty("error").GetProperty("code").GetInt32());

        using var answered = await SendAsync(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"image_to_video","arguments":{"prompt":"a","""
            + "\"data_uri\":\"" + new string('A', 3 << 20) + "\"}}}");
        var result = (await ReadAsync(answered)).GetProperty("result").GetProperty("structuredContent");
        Assert.Equal("data_uri", result.GetProperty("field").GetString());
        Assert.Equal("bad_media", result.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"taskId":"\ud800"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\ud800"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_video","arguments":{"a":"\ud800"}}}""")]
    [InlineData("""{"id":1,"method":"a","params":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tasks/get",""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_body_that_is_not_a_message_is_rejected_as_in_the_other_APIs(string body)
    {
        using var answer = await SendAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(-32700, (await ReadAsync(answer)).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("tools/call", null)]
    [InlineData("tools/call", "{}")]
    [InlineData("tools/call", """{"name":null}""")]
    [InlineData("tools/call", """{"name":5}""")]
    [InlineData("tools/call", """{"name":"none"}""")]
    [InlineData("tools/call", """{"name":"list_videos","arguments":"all"}""")]
    [InlineData("tools/list", """{"cursor":{}}""")]
    [InlineData("tasks/get", null)]
    [InlineData("tasks/get", """{"taskId":5}""")]
    public async Task Invalid_params_are_the_clients_mistake(string method, string? sent)
    {
        using var answer = await SendAsync(
            $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}"{{(sent is null ? "" : $",\"params\":{sent}")}}}""");
        Assert.Equal(-32602, (await ReadAsync(answer)).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Large_bodies_in_progress_are_limited_by_account()
    {
        var (one, other) = (await NewKeyAsync(), await NewKeyAsync());
        // The gateway asks for a body when it starts to read it, so a call that was asked for its body is in progress.
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan });
        var bodies = Enumerable.Range(0, McpBodies.MaxLarge).Select(_ => new SlowBody()).ToList();
        var calls = bodies.Select(body => SendAsync(client, one, body)).ToList();
        await Task.WhenAll(bodies.Select(body => body.Asked.Task)).WaitAsync(Cancel);

        using (var rejected = await SendAsync(client, one, new SlowBody()))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, rejected.StatusCode);
            Assert.NotNull(rejected.Headers.RetryAfter);
        }
        using (var small = await SendAsync(client, one, new StringContent(SlowBody.Ping)))
            Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        await AdmitAsync(client, other);

        foreach (var body in bodies) body.End.SetResult();
        foreach (var call in calls)
            using (var answer = await call)
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await AdmitAsync(client, one);
    }

    [Fact]
    public async Task Mistakes_of_clients_are_not_logged()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        foreach (var call in (string[])
            ["""{"name":"none"}""", """{"name":5}""", """{"name":"list_videos","arguments":"all"}""", "{}"])
        {
            using var answer = await SendAsync(
                $$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{call}}}""", gateway.Origin);
            await ReadAsync(answer);
        }
        var log = TestContext.Current.TestOutputHelper!.Output;
        Assert.DoesNotContain("ModelContextProtocol", log, StringComparison.Ordinal);
        Assert.DoesNotContain("McpCallBroke", log, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        var data = text.Split('\n').FirstOrDefault(line => line.StartsWith("data: ", StringComparison.Ordinal));
        return JsonElement.Parse(data is null ? text : data["data: ".Length..]);
    }

    private async Task<HttpResponseMessage> SendAsync(string body, string? origin = null)
    {
        using var client = new HttpClient();
        return await SendAsync(client, TestGateway.Key, new StringContent(body), origin);
    }

    private async Task AdmitAsync(HttpClient client, string key)
    {
        var body = new SlowBody();
        body.End.SetResult();
        using var answer = await SendAsync(client, key, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, string key, HttpContent body, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, (origin ?? idle.Gateway.Origin) + "/mcp");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.ExpectContinue = body is SlowBody;
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content = body;
        return await client.SendAsync(request, Cancel);
    }

    private async Task<string> NewKeyAsync()
    {
        var account = await idle.Gateway.Http.AddAccountAsync($"agent {Guid.NewGuid()}", "default", Cancel);
        return (await idle.Gateway.Http.AddKeyAsync(account, Cancel, ["read"])).Key;
    }

    /// <summary>A message after much space, so that the gateway waits for its end long before it is too slow.</summary>
    private sealed class SlowBody : HttpContent
    {
        public const string Ping = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";

        private const int Spaces = 500_000;

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(new string(' ', Spaces)), Cancel);
            await stream.FlushAsync(Cancel);
            Asked.TrySetResult();
            await End.Task.WaitAsync(Cancel);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Ping), Cancel);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Spaces + Ping.Length;
            return true;
        }
    }
}
