using Microsoft.Net.Http.Headers;
using Rushes.Files;

namespace Rushes.Server.Transfers;

/// <summary>Sends a stored file with a key's authorization, where a signed URL would need a second request.</summary>
internal static class StoredFileResult
{
    private static readonly TimeSpan Link = TimeSpan.FromHours(1);

    /// <param name="origin">The base of a signed URL.</param>
    /// <returns>Null if the file is no longer stored.</returns>
    public static async Task<IResult?> OpenAsync(
        HttpRequest request, IFileStore files, string key, string origin, CancellationToken cancel)
    {
        if (await files.FindAsync(key, cancel) is not { } found || await files.OpenAsync(key, cancel) is not { } content)
            return null;
        ByteRange.DropOtherUnits(request);
        // A stream from S3 cannot be read from the middle; S3 itself can send a range.
        if (!content.CanSeek && request.Headers.Range.Count > 0)
        {
            await content.DisposeAsync();
            return TypedResults.Redirect(
                files.Presign(HttpMethods.Get, key, Link, new Uri(origin)).AbsoluteUri);
        }
        if (!content.CanSeek) request.HttpContext.Response.ContentLength = found.Bytes;
        return TypedResults.Stream(
            content, found.ContentType, lastModified: found.ModifiedAt,
            entityTag: new EntityTagHeaderValue($"\"{found.Tag}\""), enableRangeProcessing: true);
    }
}
