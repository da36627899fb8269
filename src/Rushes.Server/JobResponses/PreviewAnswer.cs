using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Jobs;

namespace Rushes.Server.JobResponses;

/// <summary>Previews of unfinished videos, in the formats of the dialects.</summary>
internal static class PreviewAnswer
{
    public const string None = "There is no preview. Previews are available while a job runs on an engine that supports them.";

    /// <summary>The image. It must not be cached, because it is private and changes every second.</summary>
    public static FileContentHttpResult Of(HttpContext http, LivePreview preview)
    {
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(preview.Jpeg, "image/jpeg");
    }

    /// <summary>As a data URL.</summary>
    public static string? Inline(LivePreview? preview) =>
        preview is null ? null : "data:image/jpeg;base64," + Convert.ToBase64String(preview.Jpeg.Span);
}
