using System.Buffers;
using System.Buffers.Text;
using System.Net;

namespace Rushes.Client;

/// <summary>A request's JSON body; media are read and encoded as base64 while it is sent.</summary>
/// <param name="media">The position of each file in the JSON, ascending, and its length in bytes if known.</param>
internal sealed class RequestBody(
    ReadOnlyMemory<byte> json, IReadOnlyList<(int At, MediaInput Media, long? Bytes)> media) : HttpContent
{
    /// <summary>A multiple of three, so that base64 needs no padding in between.</summary>
    private const int Piece = 48 * 1024;

    protected override bool TryComputeLength(out long length)
    {
        length = json.Length + media.Sum(one => (one.Bytes + 2) / 3 * 4 ?? 0);
        return media.All(one => one.Bytes is not null);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var at = 0;
        foreach (var (end, file, _) in media)
        {
            await stream.WriteAsync(json[at..end], cancellationToken).ConfigureAwait(false);
            await WriteAsync(file, stream, cancellationToken).ConfigureAwait(false);
            at = end;
        }
        await stream.WriteAsync(json[at..], cancellationToken).ConfigureAwait(false);
    }

    private static async Task WriteAsync(MediaInput file, Stream stream, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(Piece));
        try
        {
            var source = await OpenAsync(file, cancel).ConfigureAwait(false);
            await using (source.ConfigureAwait(false))
            {
                int read;
                do
                {
                    read = await ReadAsync(source, buffer.AsMemory(0, Piece), cancel).ConfigureAwait(false);
                    Base64.EncodeToUtf8InPlace(buffer, read, out var written);
                    await stream.WriteAsync(buffer.AsMemory(0, written), cancel).ConfigureAwait(false);
                }
                while (read == Piece);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<Stream> OpenAsync(MediaInput file, CancellationToken cancel)
    {
        try
        {
            return await file.OpenAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw Unreadable(error);
        }
    }

    private static async ValueTask<int> ReadAsync(Stream source, Memory<byte> piece, CancellationToken cancel)
    {
        try
        {
            return await source.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw Unreadable(error);
        }
    }

    /// <summary>Not an <see cref="IOException"/>, which would look like a connection error and be retried.</summary>
    private static RushesException Unreadable(IOException error) =>
        new("unreadable_media", $"An input file cannot be read: {error.Message}", error);
}
