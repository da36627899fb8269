using System.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Rushes.Files;
using Rushes.Files.Local;
using Rushes.Server.Auth;

namespace Rushes.Server.Transfers;

/// <summary>
/// Serves signed URLs of the local store as S3 does. The signature is the only credential; uploads are rejected.
/// </summary>
public static class LocalFileEndpoints
{
    public static IEndpointConventionBuilder MapLocalFiles(this IEndpointRouteBuilder endpoints, LocalFileStore store)
    {
        var group = endpoints.MapGroup($"/{store.Bucket}").RequireSignedLink();
        group.MapMethods(
            "/{**key}", [HttpMethods.Get, HttpMethods.Head], (string key, HttpRequest request) => Get(store, key, request));
        group.MapMethods("/{**key}", [HttpMethods.Options], Preflight);
        group.AddEndpointFilter((call, next) =>
        {
            var headers = call.HttpContext.Response.Headers;
            headers.AccessControlAllowOrigin = "*";
            headers.AccessControlExposeHeaders = "*";
            return next(call);
        });
        return group;
    }

    /// <summary>
    /// A page of any origin may use a link that it holds: the link is the key, and browsers add nothing of their own.
    /// </summary>
    private static NoContent Preflight(HttpResponse response)
    {
        response.Headers.AccessControlAllowMethods = "GET, HEAD";
        response.Headers.AccessControlAllowHeaders = "*";
        response.Headers.AccessControlMaxAge = "86400";
        return TypedResults.NoContent();
    }

    private static Results<FileStreamHttpResult, ContentHttpResult> Get(LocalFileStore store, string key, HttpRequest request)
    {
        var check = Check(store, HttpMethods.Get, key, request);
        // HEAD is accepted with a URL signed for GET, because browsers and players send it; S3 rejects it.
        if (check != LinkCheck.Good && HttpMethods.IsHead(request.Method)) check = Check(store, HttpMethods.Head, key, request);
        if (check != LinkCheck.Good) return Denied(check);
        ByteRange.DropOtherUnits(request);
        if (store.Open(key) is not var (file, content)) return Error(404, "NoSuchKey", "There is no file under this key.");
        return TypedResults.Stream(
            content, file.ContentType, lastModified: file.ModifiedAt,
            entityTag: new EntityTagHeaderValue($"\"{file.Tag}\""), enableRangeProcessing: true);
    }

    private static LinkCheck Check(LocalFileStore store, string method, string key, HttpRequest request) =>
        store.Verify(method, request.Host.Value ?? "", $"/{store.Bucket}/{key}", request.QueryString.Value ?? "");

    private static ContentHttpResult Denied(LinkCheck check) => check switch
    {
        LinkCheck.Expired => Error(403, "AccessDenied", "The URL has expired; request a new one."),
        LinkCheck.WrongSignature =>
            Error(403, "SignatureDoesNotMatch", "The URL was not signed by this server for this method, host and path."),
        _ => Error(403, "AccessDenied", "Only signed URLs are served here, and the signature is incomplete."),
    };

    private static ContentHttpResult Error(int status, string code, string message) => TypedResults.Content(
        $"""<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code>"""
        + $"""<Message>{SecurityElement.Escape(message)}</Message></Error>""",
        "application/xml", statusCode: status);
}
