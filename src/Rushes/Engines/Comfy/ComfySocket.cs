using System.Net.WebSockets;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Listens to one server about one prompt. What is lost with a connection is never told again, so nothing may depend on it but
/// progress. Every prompt has a client id of its own, and a connection is closed to the end before the next one opens: a
/// second socket with the same id would go deaf when the server notices that the first has gone.
/// </summary>
internal sealed class ComfySocket(ComfyOptions options, string clientId, TimeProvider clock)
{
    private const int Longest = 32 << 20;

    private static readonly byte[] Features = """{"type":"feature_flags","data":{"supports_preview_metadata":true}}"""u8.ToArray();

    private readonly TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the first connection stands, or could not be made.</summary>
    public Task Tried => tried.Task;

    /// <summary>Listens, with new connections for lost ones, until cancelled.</summary>
    public async Task ListenAsync(Action<ComfyMessage> heard, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await ConnectedAsync(heard, cancel);
            }
            catch (Exception error) when (error is WebSocketException or IOException or HttpRequestException or OperationCanceledException or InvalidOperationException)
            {
                // The next one listens on; that nothing is lost but progress is seen to elsewhere.
            }
            tried.TrySetResult();
            await Task.Delay(options.Poll, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        tried.TrySetResult();
    }

    private async Task ConnectedAsync(Action<ComfyMessage> heard, CancellationToken cancel)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        await socket.ConnectAsync(Address(), cancel);
        await socket.SendAsync(Features, WebSocketMessageType.Text, true, cancel);
        tried.TrySetResult();

        // Silence may be a long step or a deaf socket: a closing handshake and a new connection harm the one and help the other.
        await using var silence = clock.CreateTimer(_ => _ = CloseAsync(socket), null, options.Silence, Timeout.InfiniteTimeSpan);
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
                if (message.Length + part.Count > Longest) throw new IOException("A message on the socket has no end.");
                message.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            silence.Change(options.Silence, Timeout.InfiniteTimeSpan);

            var bytes = message.ToArray();
            if ((part.MessageType == WebSocketMessageType.Text ? ComfyMessage.OfText(bytes) : ComfyMessage.OfBytes(bytes)) is { } understood) heard(understood);
        }
    }

    private async Task CloseAsync(ClientWebSocket socket)
    {
        try
        {
            using var patience = new CancellationTokenSource(options.Poll, clock);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
            await Task.Delay(options.CancelWait, clock, CancellationToken.None);
            socket.Abort();
        }
        catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It was gone already.
        }
    }

    private Uri Address()
    {
        var http = new Uri(options.Server, $"ws?clientId={clientId}");
        return new UriBuilder(http) { Scheme = http.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;
    }
}
