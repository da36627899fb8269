using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Fal;

/// <summary>
/// fal's storage: returns an upload URL of the gateway and the signed URL of the stored file. An upload is checked against the
/// account's limits and inspected before it is stored. A job that uses the file URL reads the file from the store.
/// </summary>
internal sealed class FalUploads(
    ModelCatalog catalog, IFileStore files, UploadLinks links, StorageQuota quota, Uploads uploads, RateLimits rates,
    AccountDirectory accounts, Origin origin, DataFolder data, TimeProvider clock)
{
    private static readonly TimeSpan UploadLink = TimeSpan.FromHours(1);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/storage/upload/initiate", InitiateAsync).RequireScope(Scopes.Submit).WithMetadata(BodyLimit.Fields);
        routes.MapPost("/storage/upload/initiate-multipart", (HttpContext _) => FalErrors.TooLargeForUpload()).RequireKey();
        routes.MapPut(UploadLinks.Path + "{caller:long}/{**key}", PutAsync).RequireSignedLink();
        routes.MapMethods(UploadLinks.Path + "{caller:long}/{**key}", [HttpMethods.Options], Preflight).RequireSignedLink();
    }

    private async Task<IResult> InitiateAsync(HttpContext http, CancellationToken cancel)
    {
        if (await ReadAsync(http.Request, cancel) is not { } request)
            return FalErrors.Of(
                http, new Problem(ProblemKind.BadBody, "The body must be an object with content_type and file_name."));
        if (await quota.CheckAsync(http.Caller().Account, 0, cancel) is { } full) return FalErrors.Of(http, full);

        var key = UploadKey.New(http.Caller().Account, clock.GetUtcNow(), Extension(request));
        var here = new Uri(origin.Of(http.Request));
        var file = files.Presign(HttpMethods.Get, key, SigV4.LongestLifetime, here);
        return TypedResults.Json(
            new FalUpload(links.Of(key, http.Caller().Key, UploadLink, here).AbsoluteUri, file.AbsoluteUri),
            FalWire.Json.FalUpload);
    }

    /// <summary>Pages of every origin can use the URL: it is the only credential, and browsers add none.</summary>
    private static IResult Preflight(HttpResponse response)
    {
        AllowPages(response);
        response.Headers.AccessControlAllowMethods = "PUT";
        response.Headers.AccessControlAllowHeaders = "*";
        response.Headers.AccessControlMaxAge = "86400";
        return TypedResults.NoContent();
    }

    private async Task<IResult> PutAsync(HttpContext http, long caller, string key, CancellationToken cancel)
    {
        AllowPages(http.Response);
        if (!links.IsGood(key, caller, http.Request) || UploadKey.AccountOf(key) is not { } account)
            return FalErrors.BadUploadLink();
        if (accounts.IsSuspended(account)) return FalErrors.Forbidden(Scopes.Submit);
        if (rates.TakeRequest(account) is { } wait)
            return FalErrors.Of(
                http,
                new Problem(ProblemKind.TooMany, "More requests a second than the plan allows; wait and send it again.")
                {
                    RetryAfter = wait,
                });
        if (await quota.CheckAsync(account, http.Request.ContentLength ?? 0, cancel) is { } full) return FalErrors.Of(http, full);

        var path = new Folder(data.Incoming).NewFile();
        try
        {
            if (await TakeAsync(http, key, account, path, cancel) is { } problem) return FalErrors.Of(http, problem);
            return TypedResults.Ok();
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Null if the file was stored.</summary>
    private async Task<Problem?> TakeAsync(HttpContext http, string key, int account, string path, CancellationToken cancel)
    {
        if (!await SaveAsync(http, path, cancel))
            return new Problem(
                ProblemKind.TooLarge, $"The file is too large; at most {catalog.Limits.MediaBytes} bytes are allowed.");
        return await uploads.StoreAsync(account, key, path, cancel);
    }

    /// <summary>False: the file is larger than the limit.</summary>
    private async Task<bool> SaveAsync(HttpContext http, string path, CancellationToken cancel)
    {
        if (http.Request.ContentLength > catalog.Limits.MediaBytes) return false;
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = catalog.Limits.MediaBytes;
        try
        {
            await using var file = File.Create(path);
            await http.Request.Body.CopyToAsync(file, cancel);
            return true;
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return false;
        }
    }

    private static void AllowPages(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "*";
    }

    private static async Task<FalUploadRequest?> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        try
        {
            return await request.ReadFromJsonAsync(FalWire.Json.FalUploadRequest, cancel);
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
