using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rushes.Accounts;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Fal;

/// <summary>
/// fal's storage: returns an upload URL of the gateway and the signed URL of the stored file. An upload, in one piece or in
/// parts, is checked against the account's limits and inspected before it is stored. A job that uses the file URL reads the file
/// from the store.
/// </summary>
internal sealed class FalUploads(
    IFileStore files, UploadLinks links, StorageQuota quota, Uploads uploads, MultipartUpload multipart, RateLimits rates,
    AccountDirectory accounts, Origin origin, TimeProvider clock)
{
    private const string Link = UploadLinks.Path + "{caller:long}/";
    private const string Parts = Link + UploadKey.Folder + "{owner}/{day}/{name}/";

    private static readonly TimeSpan UploadLink = TimeSpan.FromHours(1);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/storage/upload/initiate", InitiateAsync).RequireScope(Scopes.Submit).WithMetadata(BodyLimit.Fields);
        routes.MapPost("/storage/upload/initiate-multipart", InitiateAsync)
            .RequireScope(Scopes.Submit)
            .WithMetadata(BodyLimit.Fields);
        routes.MapPut(Link + "{**key}", PutAsync).RequireSignedLink();
        routes.MapPut(Parts + "{part:int}", PutPartAsync).RequireSignedLink();
        routes.MapPost(Parts + "complete", CompleteAsync).RequireSignedLink().WithMetadata(BodyLimit.Fields);
        routes.MapDelete(Link + "{**key}", AbortAsync).RequireSignedLink();
        routes.MapMethods(Link + "{**key}", [HttpMethods.Options], Preflight).RequireSignedLink();
    }

    private async Task<IResult> InitiateAsync(HttpContext http, CancellationToken cancel)
    {
        if (await ReadAsync(http.Request, FalWire.Json.FalUploadRequest, cancel) is not { } request)
            return FalErrors.Of(
                http, new Problem(ProblemKind.BadBody, "The body must be an object with content_type and file_name."));
        if (await quota.CheckAsync(http.Caller().Account, 0, cancel) is { } full) return FalErrors.Of(http, full);

        var key = UploadKey.New(http.Caller().Account, clock.GetUtcNow(), Extension(request));
        var here = new Uri(origin.Of(http.Request));
        var file = files.Presign(HttpMethods.Get, key, SigV4.MaxLifetime, here);
        return TypedResults.Json(
            new FalUpload(links.Of(key, http.Caller().Key, UploadLink, here).AbsoluteUri, file.AbsoluteUri),
            FalWire.Json.FalUpload);
    }

    /// <summary>Pages of every origin can use the URL: it is the only credential, and browsers add none.</summary>
    private static IResult Preflight(HttpResponse response)
    {
        AllowPages(response);
        response.Headers.AccessControlAllowMethods = "PUT, POST, DELETE";
        response.Headers.AccessControlAllowHeaders = "*";
        response.Headers.AccessControlMaxAge = "86400";
        return TypedResults.NoContent();
    }

    private async Task<IResult> PutAsync(HttpContext http, long caller, string key, CancellationToken cancel)
    {
        var (account, rejection) = Admit(http, caller, key);
        if (rejection is not null) return rejection;
        var problem = await uploads.ReceiveAsync(
            http, account, uploads.MaxBytes,
            async path => (await uploads.StoreAsync(account, key, path, [], cancel)).Problem, cancel);
        return problem is null ? TypedResults.Ok() : FalErrors.Of(http, problem);
    }

    private async Task<IResult> PutPartAsync(
        HttpContext http, long caller, string owner, string day, string name, int part, CancellationToken cancel)
    {
        var key = KeyOf(owner, day, name);
        var (account, rejection) = Admit(http, caller, key);
        if (rejection is not null) return rejection;
        var (stored, problem) = await multipart.StorePartAsync(http, account, key, part, cancel);
        if (problem is not null) return FalErrors.Of(http, problem);
        http.Response.Headers.ETag = $"\"{stored!.Tag}\"";
        return TypedResults.Json(new FalPart(part, stored.Tag), FalWire.Json.FalPart);
    }

    private async Task<IResult> CompleteAsync(
        HttpContext http, long caller, string owner, string day, string name, CancellationToken cancel)
    {
        var key = KeyOf(owner, day, name);
        var (account, rejection) = Admit(http, caller, key);
        if (rejection is not null) return rejection;
        if (await ReadAsync(http.Request, FalWire.Json.FalParts, cancel) is not { Parts: { } parts } || parts.Contains(null))
            return FalErrors.Of(
                http, new Problem(ProblemKind.BadBody, "The body must be an object with parts, each with partNumber and etag."));
        using var ending = multipart.TryEnd(key);
        if (ending is null) return FalErrors.UploadEnding();
        var problem = await multipart.CompleteAsync(
            account, key, [.. parts.Select(part => new UploadedPart(part!.PartNumber, part.ETag))], cancel);
        return problem is null ? TypedResults.Ok() : FalErrors.Of(http, problem);
    }

    private async Task<IResult> AbortAsync(HttpContext http, long caller, string key, CancellationToken cancel)
    {
        var (_, rejection) = Admit(http, caller, key);
        if (rejection is not null) return rejection;
        using var ending = multipart.TryEnd(key);
        if (ending is null) return FalErrors.UploadEnding();
        await multipart.AbortAsync(key, cancel);
        return TypedResults.NoContent();
    }

    /// <summary>Checks the link, then the account's state and request rate.</summary>
    private (int Account, IResult? Rejection) Admit(HttpContext http, long caller, string key)
    {
        AllowPages(http.Response);
        if (!links.IsGood(key, caller, http.Request) || UploadKey.AccountOf(key) is not { } account)
            return (0, FalErrors.BadUploadLink());
        if (accounts.IsSuspended(account)) return (account, FalErrors.Forbidden(Scopes.Submit));
        if (rates.TakeRequest(account) is not { } wait) return (account, null);
        var tooMany = new Problem(ProblemKind.TooMany, "The request rate of the plan was exceeded; retry later.")
        {
            RetryAfter = wait,
        };
        return (account, FalErrors.Of(http, tooMany));
    }

    private static string KeyOf(string owner, string day, string name) => $"{UploadKey.Folder}{owner}/{day}/{name}";

    private static void AllowPages(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "*";
    }

    private static async Task<T?> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await request.ReadFromJsonAsync(type, cancel);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// The extension of the file name, limited to characters allowed in keys. The type is detected from the content when the
    /// file is used.
    /// </summary>
    private static string Extension(FalUploadRequest request) =>
        Path.GetExtension(request.FileName) is { Length: > 1 and <= 11 } extension
            && extension.Skip(1).All(char.IsAsciiLetterOrDigit)
            ? extension.ToLowerInvariant()
            : "";
}
