using System.Net.Sockets;
using System.Text;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Auth;

/// <summary>Invalid hosts, which HttpClient would not send, over a plain connection.</summary>
public sealed class HostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a..b")]
    [InlineData("x:99999")]
    [InlineData("a:")]
    [InlineData("user@host")]
    [InlineData("[::1")]
    [InlineData("a/b")]
    [InlineData("*")]
    [InlineData("..")]
    [InlineData(":80")]
    [InlineData("xn--")]
    [InlineData("")]
    public async Task A_host_that_no_address_has_is_the_clients_mistake(string host)
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        foreach (var path in new[]
            { "/console", "/jobs", "/openapi", "/queue/wan22-fast-t2v/requests/7/status", "/nowhere", "/health/live" })
            Assert.InRange(await StatusAsync(gateway, $"GET {path} HTTP/1.1\r\nHost: {host}"), 200, 499);
        Assert.InRange(
            await StatusAsync(
                gateway,
                $"POST /storage/upload/initiate HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\nHost: {host}",
                "{}"),
            200, 499);
    }

    [Theory]
    [InlineData("a..b", 400)]
    [InlineData("x:99999", 400)]
    [InlineData("xn--", 400)]
    [InlineData("xn--bcher-kva.example", 200)]
    [InlineData("my_gateway:8080", 200)]
    [InlineData("[::1]:8080", 200)]
    [InlineData("video.example.com", 200)]
    public async Task Names_of_containers_and_addresses_are_hosts(string host, int status)
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        Assert.Equal(status, await StatusAsync(gateway, $"GET /console HTTP/1.1\r\nHost: {host}"));
    }

    [Fact]
    public async Task Without_a_host_links_lead_to_where_the_gateway_listens()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var answer = await SendAsync(
            gateway, "POST /storage/upload/initiate HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 2", "{}");
        Assert.Contains(gateway.Origin, answer, StringComparison.Ordinal);
        Assert.Equal(200, await StatusAsync(gateway, "GET /console HTTP/1.0"));
    }

    [Theory]
    [InlineData("xn--")]
    [InlineData("a..b")]
    [InlineData("good.example.com, x:99999")]
    public async Task A_proxy_that_passes_on_such_a_host_is_rejected_too(string host)
    {
        await using var gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { KnownProxies = "127.0.0.1" });
        Assert.Equal(400, await StatusAsync(gateway, $"GET /console HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: {host}"));
    }

    private static async Task<int> StatusAsync(TestGateway gateway, string head, string body = "") =>
        int.Parse((await SendAsync(gateway, head, body)).Split(' ')[1]);

    private static async Task<string> SendAsync(TestGateway gateway, string head, string body = "")
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("127.0.0.1", new Uri(gateway.Origin).Port, Cancel);
        await using var stream = connection.GetStream();
        var request = $"{head}\r\nAuthorization: Bearer {TestGateway.Key}\r\nConnection: close\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancel);
    }
}
