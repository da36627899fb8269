using System.Collections.Concurrent;

namespace Rushes.Engines.Comfy;

/// <summary>A server's sockets: each serves one prompt at a time, and the next one when that has ended.</summary>
internal sealed class ComfySockets(ComfyOptions options, HttpMessageInvoker http, TimeProvider clock) : IAsyncDisposable
{
    private readonly ConcurrentBag<ComfySocket> resting = [];

    public async Task<ComfySocket> TakeAsync()
    {
        while (resting.TryTake(out var rested))
        {
            if (rested.Stands) return rested;
            await rested.DisposeAsync();
        }
        return new ComfySocket(options, http, clock);
    }

    public async Task ReturnAsync(ComfySocket socket)
    {
        socket.Rest();
        // The server may have taken this connection's name from it when it noticed the end of an earlier one.
        if (socket is { Stands: true, Tells: true }) resting.Add(socket);
        else await socket.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        while (resting.TryTake(out var socket)) await socket.DisposeAsync();
    }
}
