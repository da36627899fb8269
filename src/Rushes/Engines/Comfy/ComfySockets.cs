using System.Collections.Concurrent;

namespace Rushes.Engines.Comfy;

/// <summary>The sockets of a server. Each serves one prompt at a time, and is reused afterwards.</summary>
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
        // The server may have dropped this connection when it noticed the end of an earlier one with the same id.
        if (socket is { Stands: true, Reports: true }) resting.Add(socket);
        else await socket.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        while (resting.TryTake(out var socket)) await socket.DisposeAsync();
    }
}
