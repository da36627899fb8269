using System.Net;

namespace Rushes.Engines.Comfy;

/// <summary>A file as a request body.</summary>
/// <param name="moved">Called after each piece that was sent.</param>
internal sealed class FileContent(string path, Action moved) : HttpContent
{
    /// <summary>Copies to the end.</summary>
    /// <param name="moved">Called after each piece.</param>
    public static async Task CopyAsync(Stream from, Stream to, Action moved, CancellationToken cancel)
    {
        var piece = new byte[64 << 10];
        int count;
        while ((count = await from.ReadAsync(piece, cancel)) > 0)
        {
            await to.WriteAsync(piece.AsMemory(0, count), cancel);
            moved();
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        await CopyAsync(file, stream, moved, cancel);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = new FileInfo(path).Length;
        return true;
    }
}
