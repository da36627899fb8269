using System.Net.WebSockets;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Listens to one server with its own client id, for one prompt after the other. Messages that are lost with a connection are
/// not repeated, so only progress may depend on them. A connection is closed completely before the next one opens, because
/// the server would stop sending to a second socket with the same id when it notices the end of the first.
/// </summary>
internal sealed class ComfySocket : IAsyncDisposable
{
    private const int MaxBytes = 32 << 20;

    private static readonly byte[] Features =
        """{"type":"feature_flags","data":{"supports_preview_metadata":true}}"""u8.ToArray();

    private readonly ComfyOptions options;
    private readonly HttpMessageInvoker http;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource end = new();
    private readonly TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task listening;
    private volatile Action<ComfyMessage>? heard;
    private volatile ITimer? silence;
    private volatile bool reports;

    /// <param name="http">Opens the connections, with the same rules as the HTTP calls.</param>
    public ComfySocket(ComfyOptions options, HttpMessageInvoker http, TimeProvider clock)
    {
        (this.options, this.http, this.clock) = (options, http, clock);
        listening = ListenAsync();
    }

    public string ClientId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Whether it is connected, as far as known.</summary>
    public bool Stands => silence is not null;

    /// <summary>Whether this connection received anything about the current prompt; one that did not may be broken.</summary>
    public bool Reports => reports;

    /// <summary>
    /// Passes messages to this handler until <see cref="Rest"/>. Completes when it is connected, or the first connection
    /// failed.
    /// </summary>
    public Task HearAsync(Action<ComfyMessage> hearer)
    {
        reports = false;
        heard = hearer;
        silence?.Change(options.Silence, Timeout.InfiniteTimeSpan);
        return tried.Task;
    }

    /// <summary>Stops passing messages. A connection that is lost now is not restored.</summary>
    public void Rest() => heard = null;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await listening;
        end.Dispose();
    }

    private async Task ListenAsync()
    {
        do
        {
            try
            {
                await ConnectedAsync(end.Token);
            }
            catch (Exception error) when (error is WebSocketException or IOException or HttpRequestException
                or OperationCanceledException or InvalidOperationException)
            {
                // The next connection continues; only progress is lost.
            }
            silence = null;
            tried.TrySetResult();
            if (!end.IsCancellationRequested)
                await Task.Delay(options.Poll, clock, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (heard is not null && !end.IsCancellationRequested);
    }

    private async Task ConnectedAsync(CancellationToken cancel)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        using (var patience = new CancellationTokenSource(options.Call, clock))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token))
            await socket.ConnectAsync(Address(), http, either.Token);
        await socket.SendAsync(Features, WebSocketMessageType.Text, true, cancel);

        // No message means a long step or a broken socket. Closing and reconnecting is harmless in the first case and helps
        // in the second.
        await using var timer = clock.CreateTimer(_ => _ = CloseAsync(socket), null, options.Silence, Timeout.InfiniteTimeSpan);
        silence = timer;
        reports = false;
        tried.TrySetResult();
        var buffer = new byte[32 << 10];
        using var message = new MemoryStream();
        while (true)
        {
            message.SetLength(0);
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
                if (part.MessageType == WebSocketMessageType.Close) return;
                if (message.Length + part.Count > MaxBytes) throw new IOException("A message on the socket has no end.");
                message.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            timer.Change(options.Silence, Timeout.InfiniteTimeSpan);

            if (heard is not { } hearer) continue;
            var bytes = message.ToArray();
            if ((part.MessageType == WebSocketMessageType.Text ? ComfyMessage.OfText(bytes) : ComfyMessage.OfBytes(bytes))
                is not { } understood) continue;
            if (understood.Prompt is not null) reports = true;
            hearer(understood);
        }
    }

    private async Task CloseAsync(ClientWebSocket socket)
    {
        // An idle server sends no messages.
        if (heard is null) return;
        try
        {
            using var patience = new CancellationTokenSource(options.Poll, clock);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
            await Task.Delay(options.CancelWait, clock, CancellationToken.None);
            socket.Abort();
        }
        catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException
            or ObjectDisposedException or InvalidOperationException)
        {
            // It was closed already.
        }
    }

    private Uri Address()
    {
        var address = new Uri(options.Server, $"ws?clientId={ClientId}");
        return new UriBuilder(address) { Scheme = address.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;
    }
}
