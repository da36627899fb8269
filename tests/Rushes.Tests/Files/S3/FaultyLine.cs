using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rushes.Tests.Files.S3;

/// <summary>
/// A line to a server, over real sockets, with faults: each is asked for before it happens and happens once. It may also be
/// slow, or carry nothing, for as long as one likes.
/// </summary>
public sealed class FaultyLine : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Uri server;
    private readonly Task serving;
    private int busy;
    private readonly Cut upload = new();
    private readonly Cut download = new();
    private int silences;
    private int faults;
    private TaskCompletionSource? held;
    private readonly ConcurrentDictionary<Socket, bool> open = new();

    /// <param name="at">The address of this machine where it begins.</param>
    public FaultyLine(Uri server, string at = "127.0.0.1")
    {
        this.server = server;
        listener = new TcpListener(IPAddress.Parse(at), 0);
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address => new($"http://{listener.LocalEndpoint}/");

    /// <summary>The delay of all data.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The number of faults so far.</summary>
    public int Faults => faults;

    /// <summary>Answers this many of the next requests with 503.</summary>
    public void AnswerBusy(int times)
    {
        busy = times;
        HangUp();
    }

    /// <summary>Cuts a connection after this many bytes to the server.</summary>
    public void CutUpload(long after) => upload.Ask(after);

    /// <summary>Cuts a connection after this many bytes from the server.</summary>
    public void CutDownload(long after) => download.Ask(after);

    /// <summary>Drops all responses on this many of the next connections.</summary>
    public void FallSilent(int times)
    {
        silences = times;
        HangUp();
    }

    /// <summary>Stops carrying data without closing connections, like an unplugged cable.</summary>
    public void Hold() => held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Carries data again, including what was held back.</summary>
    public void Release() => Interlocked.Exchange(ref held, null)?.SetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var carried = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(stop.Token);
                carried.Add(CarryAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(carried);
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        open.TryAdd(near, true);
        try
        {
            if (Interlocked.Decrement(ref busy) >= 0)
            {
                Interlocked.Increment(ref faults);
                await RejectAsync(near);
                return;
            }
            await far.ConnectAsync(server.Host, server.Port, stop.Token);
            var silent = Interlocked.Decrement(ref silences) >= 0;
            if (silent) Interlocked.Increment(ref faults);
            var up = CopyAsync(near, far, upload, stop.Token);
            var down = silent ? SwallowAsync(far, stop.Token) : CopyAsync(far, near, download, stop.Token);
            await Task.WhenAny(up, down);
            // As a cable does: no farewell.
            foreach (var end in new[] { near, far }) end.Close(0);
            await Task.WhenAll(up, down);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The line is gone.
        }
        finally
        {
            open.TryRemove(near, out _);
        }
    }

    /// <summary>Closes all connections, so that the next request uses a new one.</summary>
    public void HangUp()
    {
        foreach (var line in open.Keys) line.Close(0);
    }

    private async Task RejectAsync(Socket near)
    {
        var received = new byte[64 << 10];
        await near.ReceiveAsync(received, stop.Token);
        const string body =
            "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
        await near.SendAsync(
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\nConnection: "
                    + $"close\r\n\r\n{body}"),
            stop.Token);
        near.Shutdown(SocketShutdown.Send);
        while (await near.ReceiveAsync(received, stop.Token) > 0) { }
    }

    private async Task CopyAsync(Socket from, Socket to, Cut cut, CancellationToken stop)
    {
        var buffer = new byte[16 << 10];
        long? asked = null;
        var most = long.MaxValue;
        try
        {
            for (long carried = 0; carried < most;)
            {
                var count = await from.ReceiveAsync(buffer, stop);
                if (count == 0) break;
                if (held is { } cable) await cable.Task.WaitAsync(stop);
                if (Delay > TimeSpan.Zero) await Task.Delay(Delay, stop);
                if (asked is null && (asked = cut.Take()) is { } after) most = carried + after;
                await to.SendAsync(buffer.AsMemory(0, (int)Math.Min(count, most - carried)), stop);
                carried += count;
                if (carried < most) continue;
                Interlocked.Increment(ref faults);
                asked = null;
            }
        }
        finally
        {
            // The line ended by itself before it could be cut: the next one is.
            if (asked is { } left) cut.Ask(left);
        }
    }

    private static async Task SwallowAsync(Socket from, CancellationToken stop)
    {
        var buffer = new byte[16 << 10];
        while (await from.ReceiveAsync(buffer, stop) > 0) { }
    }

    /// <summary>A cut after this many bytes, for one connection.</summary>
    private sealed class Cut
    {
        private long after = long.MaxValue;

        public void Ask(long bytes) => Interlocked.Exchange(ref after, bytes);

        public long? Take() => Interlocked.Exchange(ref after, long.MaxValue) is var bytes and < long.MaxValue ? bytes : null;
    }
}
