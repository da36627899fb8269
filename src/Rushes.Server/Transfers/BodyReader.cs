using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Rushes.Catalog;
using Rushes.Intake;

namespace Rushes.Server.Transfers;

/// <summary>Reads JSON and multipart bodies within the catalog's limits; media are streamed to files.</summary>
/// <remarks>
/// Base64 is decoded only where intake looks for media: in fields of the request that the catalog names, and in others that end
/// in <c>_uri</c>. Everything else stays as sent.
/// </remarks>
internal sealed class BodyReader(ModelCatalog catalog, DataFolder data)
{
    /// <summary>A dialect whose media fields have names that other APIs could use for text, such as <c>image</c>.</summary>
    private const string OwnNames = "replicate";

    /// <summary>A dialect whose media are parts of lists; its listing's names are not in the body.</summary>
    private const string Parts = "openrouter";

    private readonly MediaBodyOptions options = new()
    {
        Folder = data.Incoming,
        MaxMediaBytes = catalog.Limits.MediaBytes,
        MaxMedia = catalog.Limits.MediaPerRequest,
        MaxRestBytes = catalog.Limits.FieldsBytes,
        MediaObjects = [],
        IsMediaName = MediaNames(catalog, listing => listing.Dialect is not (OwnNames or Parts)),
    };

    private readonly Func<ReadOnlySpan<byte>, bool> ownNames = MediaNames(catalog, listing => listing.Dialect == OwnNames);

    /// <summary>Fields of an object have names such as <c>input_reference[image_url]</c> in a form.</summary>
    private MediaBodyOptions FormOptions => options with
    {
        IsMediaName = name => options.IsMediaName(name.EndsWith("]"u8) ? name[(name.IndexOf((byte)'[') + 1)..^1] : name),
    };

    /// <summary>Base64 is a third longer, and lines of 64 characters with CR and LF escaped add a sixteenth.</summary>
    private readonly long maxBody = catalog.Limits.FieldsBytes
        + (long)(catalog.Limits.MediaPerRequest * catalog.Limits.MediaBytes * 1.5);

    /// <param name="mediaObject">The object in the body whose fields may be media too, such as <c>input</c>.</param>
    /// <param name="dialect">The dialect, if its media fields have names of their own.</param>
    public ValueTask<ReceivedBody> ReadAsync(
        HttpContext http, CancellationToken cancel, string? mediaObject = null, string? dialect = null)
    {
        var media = options;
        if (mediaObject is not null) media = media with { MediaObjects = [mediaObject] };
        if (dialect == OwnNames) media = media with { IsMediaName = ownNames };
        return ReadAsync(http, media, cancel);
    }

    /// <summary>Reads a body whose media are in objects such as <c>{"image_url": {"url": …}}</c>, at any depth.</summary>
    public ValueTask<ReceivedBody> ReadPartsAsync(HttpContext http, CancellationToken cancel)
    {
        var media = options with { MediaObjects = null, IsMediaName = static name => name.SequenceEqual("url"u8) };
        return ReadAsync(http, media, cancel);
    }

    /// <summary>
    /// Reads a message of a protocol whose response needs the whole message: media that cannot be decoded are then in
    /// <see cref="ReceivedBody.UnusableMedia"/>.
    /// </summary>
    /// <param name="mediaObjects">The paths of the objects that may contain media.</param>
    public ValueTask<ReceivedBody> ReadMessageAsync(
        HttpContext http, IReadOnlyList<string> mediaObjects, CancellationToken cancel) =>
        ReadAsync(http, options with { MediaObjects = mediaObjects, ReadsOnAfterBadMedia = true }, cancel);

    /// <summary>Reads a multipart form; see <see cref="FormBody"/>.</summary>
    /// <param name="boundary">See <see cref="FormBody.BoundaryOf"/>.</param>
    public ValueTask<ReceivedBody> ReadFormAsync(HttpContext http, string boundary, CancellationToken cancel) =>
        ReadFormAsync(http, boundary, FormOptions, maxBody, cancel);

    /// <summary>Reads a multipart form with a file that is only stored, which can be larger than one of a request.</summary>
    /// <param name="most">The maximum size of the file.</param>
    public ValueTask<ReceivedBody> ReadUploadAsync(HttpContext http, string boundary, long most, CancellationToken cancel) =>
        ReadFormAsync(
            // Clients of Replicate send metadata as a second file.
            http, boundary, FormOptions with { MaxMedia = 2, MaxMediaBytes = most }, catalog.Limits.FieldsBytes + most, cancel);

    private static ValueTask<ReceivedBody> ReadFormAsync(
        HttpContext http, string boundary, MediaBodyOptions form, long maxBody, CancellationToken cancel) =>
        ReadAsync(http, maxBody, async () =>
        {
            var (body, files) = await new FormBody(form).ReadAsync(http.Request.Body, boundary, cancel);
            return body is MediaBody.Read read ? new ReceivedBody(read, files) : Reject(body);
        });

    private ValueTask<ReceivedBody> ReadAsync(HttpContext http, MediaBodyOptions media, CancellationToken cancel) =>
        ReadAsync(http, maxBody, async () => await MediaBody.ReadAsync(http.Request.BodyReader, media, cancel) switch
        {
            MediaBody.Read read => new ReceivedBody(read, []),
            var other => Reject(other),
        });

    private static async ValueTask<ReceivedBody> ReadAsync(HttpContext http, long maxBody, Func<ValueTask<ReceivedBody>> read)
    {
        if (http.Request.Headers.ContentEncoding.ToString() is { Length: > 0 } coding
            && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.AcceptEncoding = "identity";
            return new ReceivedBody(new Problem(
                ProblemKind.Encoded,
                $"Content-Encoding is \"{Excerpt.Of(coding, 40)}\"; send the body uncompressed, without this header."));
        }
        if (http.Request.ContentLength > maxBody)
            return new ReceivedBody(
                new Problem(ProblemKind.TooLarge, $"The body has {http.Request.ContentLength} bytes; the maximum is {maxBody}."));
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = maxBody;
        try
        {
            return await read();
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new ReceivedBody(
                new Problem(ProblemKind.TooLarge, $"The body has more than {maxBody} bytes, which is the maximum."));
        }
    }

    private static ReceivedBody Reject(MediaBody body) => body is MediaBody.Rejected rejected
        ? new ReceivedBody(new Problem(KindOf(rejected.Code), rejected.Message, rejected.Field))
        : throw new InvalidOperationException("a body is read or refused");

    private static Func<ReadOnlySpan<byte>, bool> MediaNames(ModelCatalog catalog, Func<Listing, bool> counts)
    {
        byte[][] known =
        [
            .. catalog.Models.SelectMany(model => model.Family.Parameters)
                .Concat(catalog.Listings.Where(counts).SelectMany(listing => listing.Parameters))
                .Where(parameter => parameter.Type == ParameterType.Media)
                .Select(parameter => parameter.Name)
                .Where(name => !name.EndsWith("_uri", StringComparison.Ordinal))
                .Distinct()
                .Select(Encoding.UTF8.GetBytes),
        ];
        return name =>
        {
            if (name.EndsWith("_uri"u8)) return true;
            foreach (var each in known)
                if (name.SequenceEqual(each)) return true;
            return false;
        };
    }

    /// <summary>Whether the content type is JSON or missing.</summary>
    public static bool IsJson(HttpRequest request) => string.IsNullOrEmpty(request.ContentType) || request.HasJsonContentType();

    /// <summary>The message if <see cref="IsJson"/> is false.</summary>
    public static string NotJson(string? contentType, string accepted = "application/json") =>
        $"Content-Type is \"{Excerpt.Of(contentType ?? "")}\"; send {accepted}.";

    internal static ProblemKind KindOf(string code) => code switch
    {
        "too_large" => ProblemKind.TooLarge,
        "bad_base64" => ProblemKind.BadMedia,
        _ => ProblemKind.BadBody,
    };
}

/// <summary>A body, or why it was rejected. Disposing it deletes media files that were not used.</summary>
internal sealed class ReceivedBody : IDisposable
{
    private readonly MediaBody.Read? read;
    private readonly IReadOnlyList<ReceivedMedia> files = [];

    /// <param name="files">Files of a form.</param>
    public ReceivedBody(MediaBody.Read read, IReadOnlyList<ReceivedMedia> files) =>
        (this.read, this.files, Media) = (read, files, [.. read.Media, .. files]);

    public ReceivedBody(Problem problem) => Problem = problem;

    public Problem? Problem { get; }

    public JsonElement Fields => read!.Root;

    /// <summary>The body without its media, as JSON.</summary>
    public byte[] Json => JsonMarshal.GetRawUtf8Value(Fields).ToArray();

    /// <summary>Why a media value could not be decoded; see <see cref="BodyReader.ReadMessageAsync"/>.</summary>
    public Problem? UnusableMedia => read?.Unusable is { } media
        ? new Problem(BodyReader.KindOf(media.Code), media.Message, media.Name)
        : null;

    public IReadOnlyList<ReceivedMedia> Media { get; } = [];

    public void Dispose()
    {
        read?.Dispose();
        foreach (var file in files) File.Delete(file.File);
    }
}
