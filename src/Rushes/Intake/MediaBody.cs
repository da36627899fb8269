using System.IO.Pipelines;
using System.Text.Json;

namespace Rushes.Intake;

/// <summary>
/// A JSON request body, read as a stream: base64 media are decoded to temporary files and never become strings; the rest is
/// parsed.
/// </summary>
public abstract record MediaBody
{
    private MediaBody() { }

    /// <summary>
    /// Dispose it at the end of the request: that deletes the remaining files (move those to keep) and invalidates <see
    /// cref="Root"/>.
    /// </summary>
    public sealed record Read : MediaBody, IDisposable
    {
        private readonly JsonSkeleton skeleton;
        private readonly JsonDocument document;

        internal Read(
            JsonSkeleton skeleton, JsonDocument document, IReadOnlyList<ReceivedMedia> media,
            UnusableMedia? unusable)
        {
            this.skeleton = skeleton;
            this.document = document;
            Media = media;
            Unusable = unusable;
        }

        /// <summary>The body's object; each media value in it is replaced by its <see cref="ReceivedMedia.Token"/>.</summary>
        public JsonElement Root => document.RootElement;

        public IReadOnlyList<ReceivedMedia> Media { get; }

        /// <summary>The first media value that could not be decoded.</summary>
        /// <remarks>Only with <see cref="MediaBodyOptions.ReadsOnAfterBadMedia"/>; otherwise such a body is rejected.</remarks>
        public UnusableMedia? Unusable { get; }

        /// <summary>The media of <paramref name="value"/>, which has a media name; null if it is a URL.</summary>
        public ReceivedMedia? Find(JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.String) return null;
            foreach (var media in Media)
                if (value.ValueEquals(media.Token)) return media;
            return null;
        }

        public void Dispose()
        {
            foreach (var media in Media) System.IO.File.Delete(media.File);
            document.Dispose();
            skeleton.Dispose();
        }
    }

    /// <param name="Code"><c>too_large</c>, <c>bad_json</c> or <c>bad_base64</c>.</param>
    /// <param name="Field">The path in the body, such as <c>input.data_uri</c>; null for the body itself.</param>
    /// <param name="Message">For the developer who sent it.</param>
    public sealed record Rejected(string Code, string? Field, string Message) : MediaBody;

    /// <summary>
    /// Reads to the end of the body, or until it is rejected; the rest is then not read. Exceptions of the transport, such as
    /// a disconnected client, are passed on, and all files are deleted.
    /// </summary>
    public static async ValueTask<MediaBody> ReadAsync(PipeReader reader, MediaBodyOptions options, CancellationToken cancel)
    {
        var scanner = new MediaBodyScanner(options);
        MediaBody? outcome = null;
        try
        {
            while (outcome is null)
            {
                var result = await reader.ReadAsync(cancel);
                if (result.IsCanceled) throw new OperationCanceledException("Reading the body was cancelled.");
                try
                {
                    foreach (var segment in result.Buffer)
                    {
                        for (var taken = 0; taken < segment.Length && scanner.Rejection is null;)
                        {
                            taken += scanner.Take(segment.Span[taken..]);
                            if (scanner.HasOutput) await scanner.WriteOutputAsync(cancel);
                        }
                        if (scanner.Rejection is not null) break;
                    }
                }
                finally
                {
                    // Also when the disk is full, because the server reads the rest of the body before it responds.
                    reader.AdvanceTo(result.Buffer.End);
                }
                if (scanner.Rejection is not null) outcome = scanner.Rejection;
                else if (result.IsCompleted) outcome = scanner.End();
            }
            return outcome;
        }
        finally
        {
            if (outcome is not Read) scanner.Abandon();
        }
    }
}

/// <summary>A decoded media value of a body.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Path">Its JSON path, such as <c>$.input.data_uri</c>.</param>
/// <param name="Token">The string that replaces it.</param>
/// <param name="File">The temporary file.</param>
public sealed record ReceivedMedia(string Name, string Path, string Token, string File, long Bytes, byte[] Sha256);

/// <summary>A media value that could not be decoded; an empty string replaces it.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Code"><c>too_large</c> or <c>bad_base64</c>.</param>
/// <param name="Message">A sentence that begins with the name.</param>
public sealed record UnusableMedia(string Name, string Code, string Message);

/// <summary>Limits of a body, and what counts as media in it.</summary>
public sealed record MediaBodyOptions
{
    /// <summary>An existing folder for temporary files.</summary>
    public required string Folder { get; init; }

    /// <summary>Maximum decoded size of a media value in bytes. Default 10 MB.</summary>
    public long MaxMediaBytes { get; init; } = 10_000_000;

    /// <summary>Maximum number of media values in a body, 0 to 100. Default 4.</summary>
    public int MaxMedia { get; init; } = 4;

    /// <summary>Maximum size of everything except media in bytes. Default 1 MiB.</summary>
    public int MaxRestBytes { get; init; } = 1 << 20;

    /// <summary>
    /// Whether a property's name (UTF-8) is that of a media value. Default: names that end in <c>_uri</c> or <c>_url</c>.
    /// </summary>
    public Func<ReadOnlySpan<byte>, bool> IsMediaName { get; init; } =
        static name => name.EndsWith("_uri"u8) || name.EndsWith("_url"u8);

    /// <summary>
    /// Paths of the objects that may contain media besides the body itself, such as <c>input</c> or <c>params.arguments</c>.
    /// Null: all.
    /// </summary>
    public IReadOnlyList<string>? MediaObjects { get; init; }

    /// <summary>
    /// Whether the body is read to its end although a media value cannot be decoded, for protocols that need the whole body to
    /// respond; see <see cref="MediaBody.Read.Unusable"/>. Otherwise the body is rejected.
    /// </summary>
    public bool ReadsOnAfterBadMedia { get; init; }

    /// <summary>A value under a media name that starts with one of these, in any case, is a URL and stays a string.</summary>
    public IReadOnlyList<string> LinkPrefixes { get; init; } = ["http://", "https://", "s3://", "r2://"];
}
