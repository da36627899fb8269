using Microsoft.AspNetCore.Http.Features;
using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Console;

/// <summary>Media, dry runs and jobs of the playground. Its jobs belong to the queue dialect.</summary>
internal sealed class PlaygroundEndpoints(
    ModelCatalog catalog, JobIntake intake, StorageQuota quota, JobIds ids, IFileStore files, Inspector inspector,
    BodyReader bodies, DataFolder data,
    TimeProvider clock)
{
    private static readonly MediaKind[] AnyKind = Enum.GetValues<MediaKind>();

    public void Map(IEndpointRouteBuilder submit)
    {
        submit.MapPost("/media", StoreAsync);
        submit.MapPost("/models/{model}/jobs", CreateAsync);
    }

    /// <summary>
    /// Stores the body as an image, audio or clip, so that the form uploads it only once. Returns the address to use in a field.
    /// </summary>
    private async Task<IResult> StoreAsync(HttpContext http, CancellationToken cancel)
    {
        var account = http.Caller().Account;
        var path = new Folder(data.Incoming).NewFile();
        try
        {
            if (await quota.CheckAsync(account, http.Request.ContentLength ?? 0, cancel) is { } full)
                return ConsoleErrors.Of(http, full);
            if (!await SaveAsync(http, path, cancel))
                return ConsoleErrors.Of(
                    http,
                    new Problem(ProblemKind.TooLarge,
                        $"The file has more than {catalog.Limits.MediaBytes / 1048576.0:0.#} MB, which is the maximum."));
            switch (await inspector.InspectAsync(account, path, AnyKind, inspector.NewTime(), cancel))
            {
                case Inspection.Accepted { Facts: var facts }:
                    var key = UploadKey.New(account, clock.GetUtcNow(), facts.Type.Extension);
                    var stored = await files.PutAsync(key, path, facts.Type.ContentType, cancel);
                    if (await quota.CheckStoredAsync(account, cancel) is { } over)
                    {
                        await files.DeleteAsync(key, cancel);
                        return ConsoleErrors.Of(http, over);
                    }
                    return TypedResults.Json(BodyOf(stored, facts), ConsoleWire.Json.StoredMedia);
                case Inspection.Refused refused:
                    return ConsoleErrors.Of(http, new Problem(ProblemKind.BadMedia, $"The file {refused.Reason}."));
                default:
                    return ConsoleErrors.Of(http, Problem.InspectionBusy);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private StoredMedia BodyOf(StoredFile stored, MediaFacts facts) => new(
        new FileUri(files.Bucket, stored.Key).ToString(), facts.Type.Kind
            .ToString()
            .ToLowerInvariant(), facts.Type.ContentType, stored.Bytes,
        facts.HasPicture ? facts.Width : null, facts.HasPicture ? facts.Height : null,
        facts.Type.Kind == MediaKind.Picture ? null : Math.Round(facts.Seconds, 2));

    private async Task<bool> SaveAsync(HttpContext http, string path, CancellationToken cancel)
    {
        var most = catalog.Limits.MediaBytes;
        if (http.Request.ContentLength > most) return false;
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = most;
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

    private async Task<IResult> CreateAsync(HttpContext http, string model, CancellationToken cancel)
    {
        if (catalog.Find(model) is not { } found) return ConsoleErrors.NotFound($"model \"{model}\"");
        using var body = await bodies.ReadAsync(http, cancel);
        if (body.Problem is { } problem) return ConsoleErrors.Of(http, problem);

        var request = new JobRequest
        {
            Account = http.Caller().Account,
            Model = found,
            Fields = body.Fields,
            Media = body.Media,
            Binary = true,
            Timeout = JobTimeoutHeader.Read(http.Request),
            IdempotencyKey = IdempotencyHeader.Read(http.Request),
        };
        if (DryRunAnswer.IsAsked(http.Request))
            return (await intake.DryRunAsync(request, cancel)).Match(
                ready => DryRunAnswer.Of(ready.DryRun, model).ToResult(),
                refused => ConsoleErrors.Of(http, refused.Problem));
        return JobActions.Answer(http, ids, await intake.SubmitAsync(request, cancel));
    }
}
