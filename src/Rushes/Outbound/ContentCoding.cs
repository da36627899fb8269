using System.IO.Compression;

namespace Rushes.Outbound;

/// <summary>
/// Undoes the Content-Encoding of a response. Names that are no coding, such as <c>utf-8</c> or <c>aws-chunked</c>, are common
/// mistakes in the metadata of stored files and are ignored.
/// </summary>
internal static class ContentCoding
{
    private static readonly HashSet<string> Supported = ["gzip", "x-gzip", "br", "deflate"];

    private static readonly HashSet<string> Unsupported = ["zstd", "compress", "x-compress", "dcb", "dcz"];

    /// <summary>More layers are not plausible, and each one costs time for every byte.</summary>
    private const int MaxLayers = 2;

    /// <summary>The codings in the order in which they were applied, in lower case.</summary>
    public static IReadOnlyList<string> Of(HttpResponseMessage response)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var values)) return [];
        return
        [
            .. values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries))
                .Select(name => name.ToLowerInvariant())
                .Where(name => Supported.Contains(name) || Unsupported.Contains(name)),
        ];
    }

    public static bool CanUndo(IReadOnlyList<string> codings) => codings.Count <= MaxLayers && codings.All(Supported.Contains);

    /// <summary>Reading it throws <see cref="InvalidDataException"/> if the content is not encoded like this.</summary>
    public static Stream Undone(Stream content, IReadOnlyList<string> codings)
    {
        foreach (var coding in codings.Reverse())
            content = coding switch
            {
                "br" => new BrotliStream(content, CompressionMode.Decompress),
                "deflate" => new ZLibStream(content, CompressionMode.Decompress),
                _ => new GZipStream(content, CompressionMode.Decompress),
            };
        return content;
    }
}
