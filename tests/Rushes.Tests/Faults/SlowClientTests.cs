using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Rushes.Tests.Faults;

/// <summary>Clients that keep a connection open without sending lose it and do not delay others.</summary>
public sealed class SlowClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST /queue/wan22-fast-t2v HTTP/1.1\r\nHost: x\r\nContent-Le")]
    [InlineData("POST /queue/wan22-fast-t2v HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TestGateway.Key
        + "\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{\"prompt\": \"")]
    public async Task A_request_that_never_ends_is_cut_off_and_leaves_nothing(string beginning)
    {
        using var data = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        var address = new Uri(gateway.Origin);
        using var slow = new TcpClient();
        await slow.ConnectAsync(address.Host, address.Port, Cancel);
        var stream = slow.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), Cancel);

        using (var other = await gateway.Http.GetAsync("/health/ready", Cancel)) other.EnsureSuccessStatusCode();
        var answer = await ReadToEndAsync(stream);

        Assert.DoesNotContain("200 OK", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", answer, StringComparison.Ordinal);
        Assert.Empty(await Stored.IncomingInAsync(data.Path, Cancel));
    }

    /// <summary>Completes when the server closes or resets the connection.</summary>
    private static async Task<string> ReadToEndAsync(Stream stream)
    {
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, Cancel) is > 0 and var read)
                answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // It was reset.
        }
        return answer.ToString();
    }
}
