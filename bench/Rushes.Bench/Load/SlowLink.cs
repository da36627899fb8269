using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Rushes.Bench.Load;

/// <summary>A TCP relay that delivers everything later, like a network between two machines.</summary>
internal sealed class SlowLink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int target;
    private readonly TimeSpan delay;
    private readonly Task accepting;

    /// <param name="target">The port that it relays to.</param>
    /// <param name="roundTrip">What it adds to a request and its response together.</param>
    public SlowLink(int target, TimeSpan roundTrip)
    {
        (this.target, delay) = (target, roundTrip / 2);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = RelayAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, target);
            (near.NoDelay, far.NoDelay) = (true, true);
            await Task.WhenAny(PassAsync(near, far), PassAsync(far, near));
        }
        catch (SocketException)
        {
            // The server is not there: the connection ends.
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to)
    {
        var pieces = Channel.CreateUnbounded<(byte[] Bytes, long At)>();
        var sending = SendAsync();
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.GetStream().ReadAsync(buffer) is var read and > 0)
                pieces.Writer.TryWrite((buffer[..read], TimeProvider.System.GetTimestamp()));
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // The other side ended.
        }

        pieces.Writer.TryComplete();
        await sending;

        async Task SendAsync()
        {
            try
            {
                await foreach (var (bytes, at) in pieces.Reader.ReadAllAsync())
                {
                    var left = delay - TimeProvider.System.GetElapsedTime(at);
                    if (left > TimeSpan.Zero) await Task.Delay(left);
                    await to.GetStream().WriteAsync(bytes);
                }
            }
            catch (Exception error) when (error is IOException or InvalidOperationException)
            {
                // The other side ended.
            }
        }
    }
}
