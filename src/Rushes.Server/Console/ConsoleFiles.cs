using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Rushes.Files;
using Rushes.Server.Dialects;

namespace Rushes.Server.Console;

/// <summary>
/// The console's pages. They are in the program; their address holds a hash of them all, so that browsers may keep them for
/// good, and only the one page that names that address is asked for again. Any path of the console is that page: which one is
/// meant, its script reads from the address.
/// </summary>
/// <param name="folder">Serves the files of this folder as they are, instead: for those who change them.</param>
internal sealed class ConsoleFiles(IFileStore files, Origin origin, string? folder)
{
    private const string Prefix = "console/";
    private const string Page = "index.html";

    private readonly FrozenDictionary<string, ConsoleFile> known = ReadAll().ToFrozenDictionary(file => file.Name);

    public void Map(IEndpointRouteBuilder routes)
    {
        var version = folder is null ? VersionOf(known.Values) : "dev";
        var html = Encoding.UTF8.GetString(known[Page].Bytes).Replace("{{assets}}", $"/console/assets/{version}", StringComparison.Ordinal);
        var page = new ConsoleFile(Page, Encoding.UTF8.GetBytes(html));
        routes.MapGet("/console", (HttpContext http, CancellationToken _) => SendPage(http, page));
        routes.MapGet("/console/{**page}", (HttpContext http, CancellationToken _) => SendPage(http, page));
        routes.MapGet("/console/assets/{version}/{**file}", (HttpContext http, string version, string file) => SendAsset(http, file));
    }

    private IResult SendPage(HttpContext http, ConsoleFile page)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy(http);
        http.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        http.Response.Headers.CacheControl = "no-cache";
        return Send(http, page);
    }

    /// <summary>A page of another version may still ask for what was: it gets what is, and nobody keeps that under the old address.</summary>
    private IResult SendAsset(HttpContext http, string name)
    {
        if (name == Page || !known.TryGetValue(name, out var file)) return TypedResults.NotFound();
        if (folder is not null) file = new ConsoleFile(name, File.ReadAllBytes(Path.Combine(folder, name)));
        http.Response.Headers.CacheControl = folder is null ? "public, max-age=31536000, immutable" : "no-store";
        return Send(http, file);
    }

    private static IResult Send(HttpContext http, ConsoleFile file)
    {
        var (bytes, encoding) = file.For(http.Request.Headers.AcceptEncoding);
        if (encoding is not null) http.Response.Headers.ContentEncoding = encoding;
        http.Response.Headers.Vary = "Accept-Encoding";
        return TypedResults.Bytes(bytes, file.ContentType, entityTag: new($"\"{file.Tag}{encoding}\""));
    }

    /// <summary>
    /// Its own scripts and styles from files, nothing inline, nothing from elsewhere; but pictures and films from where the file
    /// store's links lead, if that is not here.
    /// </summary>
    private string Policy(HttpContext http)
    {
        var here = new Uri(origin.Of(http.Request));
        var store = files.Presign(HttpMethods.Get, "x", TimeSpan.FromMinutes(1), here).GetLeftPart(UriPartial.Authority);
        var media = store == here.GetLeftPart(UriPartial.Authority) ? "'self' blob:" : $"'self' blob: {store}";
        return $"default-src 'none'; script-src 'self'; style-src 'self'; img-src {media}; media-src {media}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static string VersionOf(IEnumerable<ConsoleFile> all)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in all.OrderBy(file => file.Name, StringComparer.Ordinal)) hash.AppendData(file.Bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private static IEnumerable<ConsoleFile> ReadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            yield return new ConsoleFile(resource[Prefix.Length..], bytes);
        }
    }
}

/// <summary>One file, compressed once for each encoding when it is first asked for.</summary>
internal sealed class ConsoleFile(string name, byte[] bytes)
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
        ".svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };

    public (byte[] Bytes, string? Encoding) For(StringValues accepted)
    {
        var text = accepted.ToString();
        return text.Contains("br", StringComparison.Ordinal) ? (brotli.Value, "br")
            : text.Contains("gzip", StringComparison.Ordinal) ? (gzip.Value, "gzip")
            : (bytes, null);
    }

    private static byte[] Pack(byte[] content, Func<Stream, Stream> packer)
    {
        using var packed = new MemoryStream();
        using (var stream = packer(packed)) stream.Write(content);
        return packed.ToArray();
    }
}
