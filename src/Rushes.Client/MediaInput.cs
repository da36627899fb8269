namespace Rushes.Client;

/// <summary>
/// An image, audio or clip. It is streamed while it is sent, and read again for a retry; it is never loaded into memory as a
/// whole.
/// </summary>
public sealed class MediaInput
{
    private readonly Func<CancellationToken, ValueTask<Stream>>? open;
    private readonly Func<long?> measure;

    private MediaInput(Func<CancellationToken, ValueTask<Stream>>? open, Func<long?> measure, Uri? source = null) =>
        (this.open, this.measure, Source) = (open, measure, source);

    /// <summary>Where the gateway downloads it; null if it is sent with the request.</summary>
    internal Uri? Source { get; }

    /// <summary>A file.</summary>
    public static MediaInput File(string path) => new(_ => new(System.IO.File.OpenRead(path)), () => new FileInfo(path).Length);

    /// <summary>A public URL, which the gateway downloads itself; or the address of a file in the gateway's storage.</summary>
    /// <exception cref="ArgumentException">The URL is not absolute.</exception>
    public static MediaInput Url(Uri url) =>
        url.IsAbsoluteUri
            ? new MediaInput(null, () => null, url)
            : throw new ArgumentException($"\"{url}\" is not an absolute URL.", nameof(url));

    /// <summary>Bytes in memory.</summary>
    public static MediaInput Bytes(ReadOnlyMemory<byte> bytes) =>
        new(_ => new(new MemoryStream(bytes.ToArray(), writable: false)), () => bytes.Length);

    /// <summary>A stream.</summary>
    /// <param name="open">Opens the stream at its beginning; can be called more than once.</param>
    /// <param name="length">The length in bytes, if known; some proxies require a Content-Length.</param>
    public static MediaInput Stream(Func<CancellationToken, ValueTask<Stream>> open, long? length = null) =>
        new(open, () => length);

    /// <summary>The length in bytes; null if unknown.</summary>
    internal long? Measure() => measure();

    internal ValueTask<Stream> OpenAsync(CancellationToken cancel) => open!(cancel);
}
