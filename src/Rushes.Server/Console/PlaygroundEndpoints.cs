using Rushes.Catalog;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Console;

/// <summary>Media, dry runs and jobs of the playground. Its jobs belong to the queue dialect.</summary>
internal sealed class PlaygroundEndpoints(
    ModelCatalog catalog, JobIntake intake, JobIds ids, IFileStore files, Uploads uploads, BodyReader bodies, Origin origin)
{
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
        StoredUpload? stored = null;
        var problem = await uploads.ReceiveAsync(http, account, uploads.MaxBytes, async path =>
        {
            (stored, var rejected) = await uploads.StoreAsync(account, null, path, [], cancel);
            return rejected;
        }, cancel);
        return problem is null
            ? TypedResults.Json(BodyOf(stored!, new Uri(origin.Of(http.Request))), ConsoleWire.Json.StoredMedia)
            : ConsoleErrors.Of(http, problem);
    }

    private StoredMedia BodyOf(StoredUpload upload, Uri here)
    {
        var (file, facts) = upload;
        return new StoredMedia(
            new FileUri(files.Bucket, file.Key).ToString(),
            files.Presign(HttpMethods.Get, file.Key, JobLines.LinkLife, here).AbsoluteUri,
            $"{facts.Type.Kind}".ToLowerInvariant(), facts.Type.ContentType,
            file.Bytes,
            facts.IsVisual ? facts.Width : null, facts.IsVisual ? facts.Height : null,
            facts.Type.Kind == MediaKind.Picture ? null : Math.Round(facts.Seconds, 2));
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
        return await intake.AnswerAsync(
            http, request, model, accepted => Task.FromResult(JobActions.Created(ids, accepted)), ConsoleErrors.Of, cancel);
    }
}
