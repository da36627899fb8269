using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;

namespace Rushes.Server.Transfers;

/// <summary>
/// Sends <c>{"video":{"data_uri":"..."}}</c> with the base64 of a stream, encoded while it is sent. Closes the stream.
/// </summary>
/// <param name="bytes">The stream's exact length.</param>
public sealed class Base64Result(Stream content, long bytes) : IResult
{
    /// <summary>Bytes read at a time: a multiple of three, so that only the last piece is padded.</summary>
    private const int Piece = 48 << 10;

    private static ReadOnlySpan<byte> Head => "{\"video\":{\"data_uri\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}}"u8;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using (content)
        {
            httpContext.Response.ContentType = "application/json";
            httpContext.Response.ContentLength = LengthOf(bytes);
            await WriteAsync(httpContext.Response.BodyWriter, content, httpContext.RequestAborted);
        }
    }

    /// <summary>The exact length of the body for a file of this length.</summary>
    public static long LengthOf(long bytes) => Head.Length + (bytes + 2) / 3 * 4 + Tail.Length;

    /// <summary>Writes the body in pieces; closes neither the writer nor the stream.</summary>
    public static async Task WriteAsync(PipeWriter writer, Stream content, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            writer.Write(Head);
            int count;
            do
            {
                count = await content.ReadAtLeastAsync(buffer.AsMemory(0, Piece), Piece, throwOnEndOfStream: false, cancel);
                Encode(buffer.AsSpan(0, count), writer);
                var flush = await writer.FlushAsync(cancel);
                // The client has disconnected.
                if (flush.IsCompleted) return;
            }
            while (count == Piece);
            writer.Write(Tail);
            await writer.FlushAsync(cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Encode(ReadOnlySpan<byte> bytes, PipeWriter writer)
    {
        while (!bytes.IsEmpty)
        {
            var target = writer.GetSpan(4);
            var piece = Math.Min(bytes.Length, target.Length / 4 * 3);
            Base64.EncodeToUtf8(bytes[..piece], target, out _, out var written);
            writer.Advance(written);
            bytes = bytes[piece..];
        }
    }
}
