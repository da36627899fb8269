using Rushes.Accounts;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Media;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>Downloads a finished video, its thumbnail or its sprite sheet.</summary>
internal sealed class OpenAiContent(JobDesk desk, IFileStore files, ResultImageFiles images, Origin origin)
{
    public void Map(IEndpointRouteBuilder calls) => calls.MapGet("/videos/{id}/content", GetAsync).RequireScope(Scopes.Read);

    private async Task<IResult> GetAsync(HttpContext http, string id, string? variant, CancellationToken cancel)
    {
        if (variant is not (null or "" or "video" or "thumbnail" or "spritesheet"))
            return OpenAiErrors.BadField("variant", $"is \"{Excerpt.Of(variant)}\"; send video, thumbnail or spritesheet");
        if (desk.NumberOf(id) is not { } number
            || await desk.FindAsync(number, http.Caller().Account, null, cancel) is not { } view)
            return OpenAiErrors.UnknownVideo(id);
        if (OpenAiMap.ErrorOf(view) is { } error) return OpenAiErrors.Failed(error);
        if (view is not JobView.Completed done) return OpenAiErrors.NotReady();

        ResultImage? image = variant switch
        {
            "thumbnail" => ResultImage.Thumbnail,
            "spritesheet" => ResultImage.Spritesheet,
            _ => null,
        };
        var here = origin.Of(http.Request);
        if (image is not { } kind)
            return await StoredFileResult.OpenAsync(http.Request, files, done.ResultKey, here, cancel) ?? OpenAiErrors.Deleted();
        var (file, problem) = await images.OpenAsync(http.Request, done.Job, kind, here, cancel);
        return problem is null ? file ?? OpenAiErrors.Deleted() : OpenAiErrors.Of(http, problem);
    }
}
