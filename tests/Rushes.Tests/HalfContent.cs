using System.Net;

namespace Rushes.Tests;

/// <summary>Sends half of the bytes and then nothing, until the call is cancelled.</summary>
internal sealed class HalfContent(byte[] bytes) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancel)
    {
        await stream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), cancel);
        await stream.FlushAsync(cancel);
        await new TaskCompletionSource().Task.WaitAsync(cancel);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
