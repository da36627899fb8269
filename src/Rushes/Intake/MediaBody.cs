using System.IO.Pipelines;
using System.Text.Json;

namespace Rushes.Intake;

/// <summary>
/// A JSON request body, read while it streams in: base64 media went straight to temporary files and never were
/// a string, the rest is parsed. It does not know HTTP, accounts or the catalog.
/// </summary>
public abstract record MediaBody
{
    private MediaBody() { }

    /// <summary>
    /// Dispose it when the request is done: that deletes the files still there (move away what is to be kept)
    /// and ends the life of <see cref="Root"/>.
    /// </summary>
    public sealed record Read : MediaBody, IDisposable
    {
        private readonly JsonSkeleton skeleton;
        private readonly JsonDocument document;

        internal Read(JsonSkeleton skeleton, JsonDocument document, IReadOnlyList<ReceivedMedia> media)
        {
            this.skeleton = skeleton;
            this.document = document;
            Media = media;
        }

        /// <summary>The body's object; each media value in it is its <see cref="ReceivedMedia.Token"/>.</summary>
        public JsonElement Root => document.RootElement;

        public IReadOnlyList<ReceivedMedia> Media { get; }

        /// <summary>
        /// The media that <paramref name="value"/>, found under a media name, stands for; null when it is a link.
        /// </summary>
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
    /// <param name="Field">Where in the body, such as <c>input.data_uri</c>; null when it is the body itself.</param>
    /// <param name="Message">A sentence for the developer who sent it.</param>
    public sealed record Refused(string Code, string? Field, string Message) : MediaBody;

    /// <summary>
    /// Reads to the end of the body, or to the first reason to refuse it; what follows is then left unread.
    /// Whatever the transport throws (a client that went away) passes through, and no file stays behind.
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
                        for (var taken = 0; taken < segment.Length && scanner.Refusal is null;)
                        {
                            taken += scanner.Take(segment.Span[taken..]);
                            if (scanner.HasOutput) await scanner.WriteOutputAsync(cancel);
                        }
                        if (scanner.Refusal is not null) break;
                    }
                }
                finally
                {
                    // Also when the disk is full: whoever answers reads the rest of the body first.
                    reader.AdvanceTo(result.Buffer.End);
                }
                if (scanner.Refusal is not null) outcome = scanner.Refusal;
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

/// <summary>A media value of a body, decoded.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Path">Its JSON path, such as <c>$.input.data_uri</c>.</param>
/// <param name="Token">The string that stands in its place.</param>
/// <param name="File">The temporary file that holds it.</param>
public sealed record ReceivedMedia(string Name, string Path, string Token, string File, long Bytes, byte[] Sha256);

/// <summary>Limits of one body and what in it counts as media.</summary>
public sealed record MediaBodyOptions
{
    /// <summary>An existing folder for the temporary files.</summary>
    public required string Folder { get; init; }

    /// <summary>Largest decoded size of one media value in bytes. Default 10 MB.</summary>
    public long MaxMediaBytes { get; init; } = 10_000_000;

    /// <summary>Most media values in a body, 0 to 100. Default 4.</summary>
    public int MaxMedia { get; init; } = 4;

    /// <summary>Largest size of everything but media in bytes. Default 1 MiB.</summary>
    public int MaxRestBytes { get; init; } = 1 << 20;

    /// <summary>Longest link under a media name in bytes. Default 8 KiB.</summary>
    public int MaxLinkBytes { get; init; } = 8 << 10;

    /// <summary>
    /// Tells a media value by its property's name (UTF-8). Default: names that end in <c>_uri</c> or <c>_url</c>.
    /// </summary>
    public Func<ReadOnlySpan<byte>, bool> IsMediaName { get; init; } =
        static name => name.EndsWith("_uri"u8) || name.EndsWith("_url"u8);

    /// <summary>
    /// Names of the body's objects that may hold media besides the body itself, such as <c>input</c>. Null: any object may.
    /// </summary>
    public IReadOnlyList<string>? MediaObjects { get; init; }

    /// <summary>A value under a media name that begins like this, in any case, is a link and stays a string.</summary>
    public IReadOnlyList<string> LinkPrefixes { get; init; } = ["http://", "https://", "s3://", "r2://"];
}
