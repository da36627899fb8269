using System.Text.Json;
using Rushes.Accounts;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Fal;

/// <summary>
/// fal's storage: returns an upload URL and a file URL, both signed URLs of the gateway's own store. A job that uses the file
/// URL reads the file from the store without downloading it.
/// </summary>
internal sealed class FalUploads(IFileStore files, Origin origin, TimeProvider clock)
{
    private static readonly TimeSpan UploadLink = TimeSpan.FromHours(1);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/storage/upload/initiate", InitiateAsync).RequireScope(Scopes.Submit);
        routes.MapPost("/storage/upload/initiate-multipart", (HttpContext _) => FalErrors.TooLargeForUpload()).RequireKey();
    }

    private async Task<IResult> InitiateAsync(HttpContext http, CancellationToken cancel)
    {
        if (await ReadAsync(http.Request, cancel) is not { } request)
            return FalErrors.Of(http, new Problem(ProblemKind.BadBody, "The body must be an object with content_type and file_name."));

        var key = UploadKey.New(http.Caller().Account, clock.GetUtcNow(), Extension(request));
        var here = new Uri(origin.Of(http.Request));
        var upload = files.Presign(HttpMethods.Put, key, UploadLink, here);
        var file = files.Presign(HttpMethods.Get, key, SigV4.LongestLifetime, here);
        return TypedResults.Json(new FalUpload(upload.AbsoluteUri, file.AbsoluteUri), FalWire.Json.FalUpload);
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

    /// <summary>The extension of the file name, limited to characters allowed in keys. The type is detected from the content when the file is used.</summary>
    private static string Extension(FalUploadRequest request) =>
        Path.GetExtension(request.FileName) is { Length: > 1 and <= 11 } extension && extension.Skip(1).All(char.IsAsciiLetterOrDigit)
            ? extension.ToLowerInvariant()
            : "";
}
