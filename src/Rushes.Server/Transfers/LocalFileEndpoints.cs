using System.Security;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Rushes.Files;
using Rushes.Files.Local;
using Rushes.Media;
using Rushes.Server.Auth;

namespace Rushes.Server.Transfers;

/// <summary>Serves the local store's signed links the way S3 would. The signature is the only key that counts here.</summary>
public static class LocalFileEndpoints
{
    /// <param name="uploads">Inspects uploads of customers before they are stored; null: they are not inspected.</param>
    /// <param name="maxUpload">Largest other file taken by a PUT, in bytes. Default 512 MB.</param>
    public static IEndpointConventionBuilder MapLocalFiles(
        this IEndpointRouteBuilder endpoints, LocalFileStore store, UploadInspection? uploads = null, long maxUpload = 512_000_000)
    {
        var group = endpoints.MapGroup($"/{store.Bucket}").RequireSignedLink();
        group.MapMethods("/{**key}", [HttpMethods.Get, HttpMethods.Head], (string key, HttpRequest request) => Get(store, key, request));
        group.MapMethods("/{**key}", [HttpMethods.Options], Preflight);
        group.MapPut("/{**key}", (string key, HttpRequest request, CancellationToken cancel) =>
            PutAsync(store, uploads, uploads?.MaxBytes(key) ?? maxUpload, key, request, cancel));
        group.AddEndpointFilter((call, next) =>
        {
            var headers = call.HttpContext.Response.Headers;
            headers.AccessControlAllowOrigin = "*";
            headers.AccessControlExposeHeaders = "*";
            return next(call);
        });
        return group;
    }

    /// <summary>A page of any origin may use a link that it holds: the link is the key, and browsers add nothing of their own.</summary>
    private static NoContent Preflight(HttpResponse response)
    {
        response.Headers.AccessControlAllowMethods = "GET, HEAD, PUT";
        response.Headers.AccessControlAllowHeaders = "*";
        response.Headers.AccessControlMaxAge = "86400";
        return TypedResults.NoContent();
    }

    private static Results<FileStreamHttpResult, ContentHttpResult> Get(LocalFileStore store, string key, HttpRequest request)
    {
        var check = Check(store, HttpMethods.Get, key, request);
        // A link to get a file may also be asked about it; S3's own is stricter, browsers and players are not.
        if (check != LinkCheck.Good && HttpMethods.IsHead(request.Method)) check = Check(store, HttpMethods.Head, key, request);
        if (check != LinkCheck.Good) return Denied(check);
        if (store.Open(key) is not var (file, content)) return Error(404, "NoSuchKey", "There is no file under this key.");
        return TypedResults.Stream(
            content, file.ContentType, lastModified: file.ModifiedAt,
            entityTag: new EntityTagHeaderValue($"\"{file.Tag}\""), enableRangeProcessing: true);
    }

    private static async Task<Results<Ok, ContentHttpResult>> PutAsync(
        LocalFileStore store, UploadInspection? uploads, long maxUpload, string key, HttpRequest request, CancellationToken cancel)
    {
        var check = Check(store, HttpMethods.Put, key, request);
        if (check != LinkCheck.Good) return Denied(check);
        if (!FileKey.IsValid(key)) return Error(400, "InvalidArgument", "The key is not valid.");
        if (request.ContentLength > maxUpload) return TooLarge(maxUpload);
        // One byte more than allowed is enough to see that it is too much.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = maxUpload + 1;

        var path = store.Incoming.NewFile(".put");
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous))
                if (!await CopyAsync(request.Body, file, maxUpload, cancel)) return TooLarge(maxUpload);
            switch (uploads is null ? null : await uploads.InspectAsync(key, path, cancel))
            {
                case Inspection.Refused refused: return Error(400, "InvalidRequest", $"The file {refused.Reason}.");
                case Inspection.Busy: return SlowDown(request.HttpContext.Response);
            }
            var stored = await store.PutAsync(key, path, FileKey.ContentTypeOf(key), cancel);
            request.HttpContext.Response.Headers.ETag = $"\"{stored.Tag}\"";
            return TypedResults.Ok();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static LinkCheck Check(LocalFileStore store, string method, string key, HttpRequest request) =>
        store.Verify(method, request.Host.Value ?? "", $"/{store.Bucket}/{key}", request.QueryString.Value ?? "");

    /// <summary>False: there is more than <paramref name="limit"/>.</summary>
    private static async Task<bool> CopyAsync(Stream from, Stream to, long limit, CancellationToken cancel)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, cancel)) > 0)
            {
                if ((limit -= count) < 0) return false;
                await to.WriteAsync(buffer.AsMemory(0, count), cancel);
            }
            return true;
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return false;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ContentHttpResult Denied(LinkCheck check) => check switch
    {
        LinkCheck.Expired => Error(403, "AccessDenied", "The URL has expired; request a new one."),
        LinkCheck.WrongSignature => Error(403, "SignatureDoesNotMatch", "The URL was not signed by this server for this method, host and path."),
        _ => Error(403, "AccessDenied", "Only signed URLs are served here, and the signature is incomplete."),
    };

    private static ContentHttpResult TooLarge(long limit) =>
        Error(413, "EntityTooLarge", $"The maximum is {limit} bytes.");

    /// <summary>S3's word for too many requests, which its clients wait and try again for.</summary>
    private static ContentHttpResult SlowDown(HttpResponse response)
    {
        response.Headers.RetryAfter = "5";
        return Error(503, "SlowDown", "Too many media files of this account are waiting to be inspected; send the file again later.");
    }

    private static ContentHttpResult Error(int status, string code, string message) => TypedResults.Content(
        $"""<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{SecurityElement.Escape(message)}</Message></Error>""",
        "application/xml", statusCode: status);
}
