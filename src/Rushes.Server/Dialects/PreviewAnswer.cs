using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Jobs;

namespace Rushes.Server.Dialects;

/// <summary>A picture of an unfinished video, in the forms that dialects give it.</summary>
internal static class PreviewAnswer
{
    public const string None = "There is no preview now; there may be one while it runs, from engines that show their work.";

    /// <summary>The picture itself. It is out of date in a second, and nobody but its owner's.</summary>
    public static FileContentHttpResult Of(HttpContext http, LivePreview preview)
    {
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(preview.Jpeg, "image/jpeg");
    }

    /// <summary>For a page's <c>img</c>.</summary>
    public static string? Inline(LivePreview? preview) => preview is null ? null : "data:image/jpeg;base64," + Convert.ToBase64String(preview.Jpeg.Span);
}
