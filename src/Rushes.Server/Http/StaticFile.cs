using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace Rushes.Server.Http;

/// <summary>A file that does not change. Text is compressed once per encoding, when it is first requested.</summary>
internal sealed class StaticFile(string name, byte[] bytes)
{
    private readonly Lazy<byte[]> brotli = new(() => Pack(bytes, to => new BrotliStream(to, CompressionLevel.Optimal)));
    private readonly Lazy<byte[]> gzip = new(() => Pack(bytes, to => new GZipStream(to, CompressionLevel.Optimal)));

    public string Name => name;

    public byte[] Bytes => bytes;

    public string Tag { get; } = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

    public string ContentType => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".json" => "application/json",
        ".png" => "image/png",
        ".svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };

    private (byte[] Bytes, string? Encoding) For(StringValues accepted)
    {
        var text = ContentType == "image/png" ? "" : accepted.ToString();
        return text.Contains("br", StringComparison.Ordinal) ? (brotli.Value, "br")
            : text.Contains("gzip", StringComparison.Ordinal) ? (gzip.Value, "gzip")
            : (bytes, null);
    }

    /// <summary>Sends the file, or 304 if the client has the current version.</summary>
    public IResult Send(HttpContext http)
    {
        var (content, encoding) = For(http.Request.Headers.AcceptEncoding);
        if (encoding is not null) http.Response.Headers.ContentEncoding = encoding;
        http.Response.Headers.Vary = "Accept-Encoding";
        return TypedResults.Bytes(content, ContentType, entityTag: new($"\"{Tag}{encoding}\""));
    }

    /// <summary>The files that are embedded in the program under this prefix.</summary>
    public static IEnumerable<StaticFile> Embedded(string prefix)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            yield return new StaticFile(resource[prefix.Length..], bytes);
        }
    }

    private static byte[] Pack(byte[] content, Func<Stream, Stream> packer)
    {
        using var packed = new MemoryStream();
        using (var stream = packer(packed)) stream.Write(content);
        return packed.ToArray();
    }
}
