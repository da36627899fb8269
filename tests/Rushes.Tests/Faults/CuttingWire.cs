using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Rushes.Tests.Faults;

/// <summary>
/// Passes connections on to a port of this machine, and tears the one of the first PUT when half of its body is through.
/// </summary>
internal sealed partial class CuttingWire : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private int uploads;
    private long bytes;

    public CuttingWire(int to)
    {
        listener.Start();
        accepting = AcceptAsync(to);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The number of PUTs so far.</summary>
    public int Uploads => uploads;

    /// <summary>The content length of the last one.</summary>
    public long Bytes => bytes;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync(int to)
    {
        var passing = new List<Task>();
        try
        {
            while (true) passing.Add(PassAsync(await listener.AcceptTcpClientAsync(stop.Token), to));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(TcpClient client, int to)
    {
        using var near = client;
        using var far = new TcpClient();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, to, end.Token);
            await Task.WhenAny(
                UpAsync(near.Client, far.GetStream(), end.Token), far.GetStream().CopyToAsync(near.GetStream(), end.Token));
        }
        catch (Exception error)
            when (error is IOException or SocketException or OperationCanceledException or InvalidOperationException)
        {
            // One side left, perhaps before its stream was asked for.
        }
        await end.CancelAsync();
    }

    private async Task UpAsync(Socket from, NetworkStream to, CancellationToken cancel)
    {
        var buffer = new byte[4096];
        // Null: no upload that is to be torn.
        long? left = null;
        while (await from.ReceiveAsync(buffer, cancel) is > 0 and var read)
        {
            // A request begins at the beginning of what was sent: the client waits for each answer.
            if (left is null && Encoding.ASCII.GetString(buffer, 0, read) is var text
                && text.StartsWith("PUT ", StringComparison.Ordinal))
            {
                bytes = long.Parse(Length().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
                if (Interlocked.Increment(ref uploads) == 1) left = bytes / 2;
            }
            await to.WriteAsync(buffer.AsMemory(0, read), cancel);
            if (left is null || (left -= read) > 0) continue;
            // As a cable does: no goodbye.
            from.Close(0);
            return;
        }
    }

    [GeneratedRegex(@"(?i)content-length: (\d+)")]
    private static partial Regex Length();
}
