namespace Rushes.Client;

/// <summary>
/// A picture, sound or clip. It is read while it is sent, and again if the gateway has to be asked again; it never lies in
/// memory as a whole.
/// </summary>
public sealed class MediaInput
{
    private readonly Func<CancellationToken, ValueTask<Stream>>? open;
    private readonly Func<long?> measure;

    private MediaInput(Func<CancellationToken, ValueTask<Stream>>? open, Func<long?> measure, Uri? url = null) =>
        (this.open, this.measure, Url) = (open, measure, url);

    /// <summary>Where the gateway fetches it; null when it is sent along.</summary>
    internal Uri? Url { get; }

    /// <summary>A file.</summary>
    public static MediaInput File(string path) => new(_ => new(System.IO.File.OpenRead(path)), () => new FileInfo(path).Length);

    /// <summary>A public link, which the gateway fetches itself; or one to a file of the gateway's own.</summary>
    /// <exception cref="ArgumentException">The link is not absolute.</exception>
    public static MediaInput Link(Uri url) => url.IsAbsoluteUri ? new MediaInput(null, () => null, url) : throw new ArgumentException($"\"{url}\" is not an absolute link.", nameof(url));

    /// <summary>What is in memory already.</summary>
    public static MediaInput Bytes(ReadOnlyMemory<byte> bytes) => new(_ => new(new MemoryStream(bytes.ToArray(), writable: false)), () => bytes.Length);

    /// <summary>Anything else.</summary>
    /// <param name="open">Opens it at its beginning; may be called more than once.</param>
    /// <param name="length">In bytes, if known: some proxies want to know a body's length beforehand.</param>
    public static MediaInput Stream(Func<CancellationToken, ValueTask<Stream>> open, long? length = null) => new(open, () => length);

    /// <summary>In bytes; null when unknown.</summary>
    internal long? Measure() => measure();

    internal ValueTask<Stream> OpenAsync(CancellationToken cancel) => open!(cancel);
}
