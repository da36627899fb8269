using System.Text.Json.Serialization;
using Rushes.Accounts;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Retention;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>
/// Uploaded files, which requests name as <c>input_reference.file_id</c>. An id contains the file's place in the store, so
/// nothing else is stored about it. Replicate's clients call the same paths: the id of a file that was uploaded in Replicate's
/// form shows it, and responses about it have that form.
/// </summary>
internal sealed class OpenAiFiles(BodyReader bodies, Uploads uploads, IFileStore files, Origin origin, KeepRules keep)
{
    private const string Prefix = "file-", ReplicatePrefix = "content-";
    private const int DayLength = 8, NameLength = 32;

    public void Map(IEndpointRouteBuilder calls)
    {
        calls.MapPost("/files", UploadAsync).RequireScope(Scopes.Submit);
        calls.MapGet("/files", ListAsync).RequireScope(Scopes.Read);
        calls.MapGet("/files/{id}", FindAsync).RequireScope(Scopes.Read);
        calls.MapDelete("/files/{id}", DeleteAsync).RequireScope(Scopes.Submit);
        calls.MapGet("/files/{id}/content", ContentAsync).RequireScope(Scopes.Read);
        calls.MapGet("/files/{id}/download", ContentAsync).RequireScope(Scopes.Read);
    }

    /// <summary>The URI of a file of the account; null if the id is invalid.</summary>
    public FileUri? UriOf(int account, string id) => KeyOf(account, id) is { } key ? new FileUri(files.Bucket, key) : null;

    private async Task<IResult> UploadAsync(HttpContext http, CancellationToken cancel)
    {
        if (FormBody.BoundaryOf(http.Request) is not { } boundary) return OpenAiErrors.NotAForm(http.Request.ContentType);
        var account = http.Caller().Account;
        IResult? stored = null;
        var problem = await uploads.RunAsync(account, uploads.MaxBytes, async room =>
        {
            using var body = await bodies.ReadUploadAsync(http, boundary, room.Bytes, cancel);
            if (body.Problem is { } bad) return IsOver(room, bad, http.Request) ? room.TooLarge : bad;
            if (body.Media.FirstOrDefault(medium => medium.Name is "file" or "content") is not { } file)
                return Problem.BadField("file", "is missing; send a file");

            var (upload, rejected) = await uploads.StoreAsync(account, null, file.File, [], cancel);
            if (rejected is not null) return rejected with { Field = file.Name };
            stored = Answer(http, upload!.File, file.Name, OpenAiFields.Text(body.Fields, "purpose"));
            return null;
        }, cancel);
        return problem is null ? stored! : OpenAiErrors.Of(http, problem);
    }

    /// <summary>Whether the file was rejected because the plan has no room for it.</summary>
    private static bool IsOver(UploadRoom room, Problem bad, HttpRequest request) =>
        room.IsPlans && bad.Kind == ProblemKind.TooLarge
        && (bad.Field is "file" or "content" || request.ContentLength > room.Bytes);

    private IResult Answer(HttpContext http, StoredFile stored, string part, string? purpose) => part == "content"
        ? TypedResults.Json(
            DescribeContent(stored, origin.Of(http.Request)), OpenAiFilesWire.Json.OpenAiContentFile,
            statusCode: StatusCodes.Status201Created)
        : TypedResults.Json(Describe(stored, purpose), OpenAiFilesWire.Json.OpenAiFile);

    private async Task<IResult> ListAsync(HttpContext http, CancellationToken cancel)
    {
        var found = new List<OpenAiFile>();
        await foreach (var file in files.ListAsync(UploadKey.FolderOf(http.Caller().Account), cancel))
            if (!UploadKey.IsPart(file.Key))
                found.Add(Describe(file, null));
        return TypedResults.Json(
            new OpenAiList<OpenAiFile>([.. found.OrderByDescending(file => file.CreatedAt)]), OpenAiFilesWire.Json.Files);
    }

    private async Task<IResult> FindAsync(HttpContext http, string id, CancellationToken cancel) =>
        KeyOf(http.Caller().Account, id) is not { } key || await files.FindAsync(key, cancel) is not { } file
            ? OpenAiErrors.UnknownFile(id)
            : IsReplicates(id)
                ? TypedResults.Json(DescribeContent(file, origin.Of(http.Request)), OpenAiFilesWire.Json.OpenAiContentFile)
                : TypedResults.Json(Describe(file, null), OpenAiFilesWire.Json.OpenAiFile);

    private async Task<IResult> ContentAsync(HttpContext http, string id, CancellationToken cancel) =>
        KeyOf(http.Caller().Account, id) is { } key
            && await StoredFileResult.OpenAsync(http.Request, files, key, origin.Of(http.Request), cancel) is { } file
            ? file
            : OpenAiErrors.UnknownFile(id);

    private async Task<IResult> DeleteAsync(HttpContext http, string id, CancellationToken cancel)
    {
        if (KeyOf(http.Caller().Account, id) is not { } key || await files.FindAsync(key, cancel) is null)
            return OpenAiErrors.UnknownFile(id);
        await files.DeleteAsync(key, cancel);
        return IsReplicates(id)
            ? TypedResults.NoContent()
            : TypedResults.Json(new OpenAiDeleted(id, "file"), OpenAiWire.Json.OpenAiDeleted);
    }

    private OpenAiFile Describe(StoredFile file, string? purpose) => new()
    {
        Id = Prefix + PlaceOf(file.Key),
        Bytes = file.Bytes,
        CreatedAt = file.ModifiedAt.ToUnixTimeSeconds(),
        ExpiresAt = (file.ModifiedAt + keep.Uploads)?.ToUnixTimeSeconds(),
        FileName = file.Key[(file.Key.LastIndexOf('/') + 1)..],
        Purpose = purpose ?? "vision",
    };

    /// <summary>Replicate's clients have the same call with the part <c>content</c>; they use the URL as an input.</summary>
    private OpenAiContentFile DescribeContent(StoredFile file, string from) => new()
    {
        Id = ReplicatePrefix + PlaceOf(file.Key),
        Name = file.Key[(file.Key.LastIndexOf('/') + 1)..],
        ContentType = file.ContentType,
        Size = file.Bytes,
        ETag = file.Tag,
        CreatedAt = file.ModifiedAt,
        ExpiresAt = file.ModifiedAt + keep.Uploads,
        Urls = new(files.Presign(HttpMethods.Get, file.Key, SigV4.MaxLifetime, new Uri(from)).AbsoluteUri),
    };

    /// <summary><c>uploads/a1/20261121/NAME.jpg</c> has the ids <c>file-20261121NAMEjpg</c> and <c>content-20261121NAMEjpg</c>.
    /// </summary>
    private static string PlaceOf(string key)
    {
        var parts = key.Split('/');
        return parts[^2] + parts[^1].Replace(".", "", StringComparison.Ordinal);
    }

    private static bool IsReplicates(string id) => id.StartsWith(ReplicatePrefix, StringComparison.Ordinal);

    private static string? KeyOf(int account, string id)
    {
        const int start = DayLength + NameLength;
        var prefix = IsReplicates(id) ? ReplicatePrefix : Prefix;
        if (!id.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var rest = id[prefix.Length..];
        if (rest.Length is < start or > start + 10 || !rest.All(char.IsAsciiLetterOrDigit)) return null;
        var extension = rest.Length > start ? $".{rest[start..]}" : "";
        return $"{UploadKey.FolderOf(account)}{rest[..DayLength]}/{rest[DayLength..start]}{extension}";
    }
}

internal sealed record OpenAiFile
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("object")]
    public string Object { get; } = "file";

    [JsonPropertyName("bytes")]
    public required long Bytes { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required long? ExpiresAt { get; init; }

    [JsonPropertyName("filename")]
    public required string FileName { get; init; }

    [JsonPropertyName("purpose")]
    public required string Purpose { get; init; }

    [JsonPropertyName("status")]
    public string Status { get; } = "processed";
}

/// <summary>An upload of a client of Replicate.</summary>
internal sealed record OpenAiContentFile
{
    private static readonly Dictionary<string, string> Nothing = [];

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("content_type")]
    public required string ContentType { get; init; }

    [JsonPropertyName("size")]
    public required long Size { get; init; }

    [JsonPropertyName("etag")]
    public required string ETag { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Empty: none are calculated. Replicate's client for Python requires the member.</summary>
    [JsonPropertyName("checksums")]
    public IReadOnlyDictionary<string, string> Checksums { get; } = Nothing;

    /// <summary>Empty: what a client sends is not stored. Replicate's client for Python requires the member.</summary>
    [JsonPropertyName("metadata")]
    public IReadOnlyDictionary<string, string> Metadata { get; } = Nothing;

    [JsonPropertyName("urls")]
    public required OpenAiFileUrls Urls { get; init; }
}

internal sealed record OpenAiFileUrls([property: JsonPropertyName("get")] string Get);

[JsonSerializable(typeof(OpenAiFile))]
[JsonSerializable(typeof(OpenAiContentFile))]
[JsonSerializable(typeof(OpenAiList<OpenAiFile>), TypeInfoPropertyName = "Files")]
internal sealed partial class OpenAiFilesJson : JsonSerializerContext;

internal static class OpenAiFilesWire
{
    public static readonly OpenAiFilesJson Json = new(WireOptions.New());
}
