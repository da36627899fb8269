using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>The server's end of one socket.</summary>
internal sealed class StubSocket(WebSocket socket) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private volatile bool ends;

    /// <summary>Sends nothing more, although it stays open.</summary>
    public bool Deaf { get; set; }

    /// <summary>The client takes previews with a description.</summary>
    public bool DescribesPreviews { get; private set; }

    /// <summary>What comes before the server notices that this one has ended.</summary>
    public Task Noticed { get; set; } = Task.CompletedTask;

    /// <summary>Ends when the server has noticed that.</summary>
    public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It has ended, and the server notices before anything else comes.</summary>
    public bool Leaves => ends && Noticed.IsCompleted;

    public void Abort()
    {
        ends = true;
        socket.Abort();
    }

    /// <summary>Queued after all earlier messages.</summary>
    public async Task CloseAsync()
    {
        ends = true;
        await turn.WaitAsync();
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    public Task NotifyAsync(string type, JsonObject data) =>
        SendAsync(
            Encoding.UTF8.GetBytes(new JsonObject { ["type"] = type, ["data"] = data }.ToJsonString()), WebSocketMessageType.Text,
            1 << 20);

    /// <summary>In pieces, as large pictures come.</summary>
    public Task ShowAsync(byte[] message) => SendAsync(message, WebSocketMessageType.Binary, 100);

    /// <summary>Until it is closed by either end.</summary>
    public async Task StayAsync(CancellationToken stop)
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var got = await socket.ReceiveAsync(buffer.AsMemory(), stop);
                if (got.MessageType == WebSocketMessageType.Close) break;
                if (Encoding.UTF8.GetString(buffer, 0, got.Count)
                    .Contains("supports_preview_metadata\":true", StringComparison.Ordinal)) DescribesPreviews = true;
            }
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, stop);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            socket.Abort();
        }
    }

    private async Task SendAsync(byte[] message, WebSocketMessageType type, int piece)
    {
        if (Deaf) return;
        await turn.WaitAsync();
        try
        {
            for (var at = 0; at < message.Length; at += piece)
                await socket.SendAsync(
                    message.AsMemory(at, Math.Min(piece, message.Length - at)), type, at + piece >= message.Length,
                    CancellationToken.None);
        }
        catch (Exception error)
            when (error is WebSocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            // Whom it was for has left.
        }
        finally
        {
            turn.Release();
        }
    }
}
