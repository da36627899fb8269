using System.Globalization;
using Rushes.Intake;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Transfers;

namespace Rushes.Server.Dialects.Fal;

/// <summary>Creates a job, for queued and for synchronous calls.</summary>
internal sealed class FalSubmit(FalApps apps, JobIntake intake, BodyReader bodies, TimeProvider clock)
{
    public const string WebhookQuery = "fal_webhook";

    /// <summary>Returns an error response, or the caller and the id of the new job.</summary>
    /// <param name="waited">Whether the client waits for the video in this call.</param>
    public async Task<(IResult? Rejection, Caller Caller, long Id)> TakeAsync(
        HttpContext http, FalApp app, string? path, bool waited, CancellationToken cancel)
    {
        var caller = http.Caller();
        if (apps.Find(app, path) is not var (model, parameters))
            return Reject(FalErrors.UnknownApp(path is null ? $"{app}" : $"{app}/{path}"));
        if (!BodyReader.IsJson(http.Request)) return Reject(FalErrors.NotJson(http.Request.ContentType));
        if (!TryStartBy(http.Request.Headers["X-Fal-Request-Timeout"].ToString(), out var startBy, out var badTimeout))
            return Reject(badTimeout);

        using var body = await bodies.ReadAsync(http, cancel);
        if (body.Problem is { } problem) return Reject(FalErrors.Of(http, problem));

        var request = new JobRequest
        {
            Account = caller.Account,
            Model = model,
            Parameters = parameters,
            Fields = body.Fields,
            Media = body.Media,
            Dialect = FalApps.Dialect,
            Priority = Priority(http.Request),
            Callback = http.Request.Query[WebhookQuery].ToString() is { Length: > 0 } url
                ? new Callback(WebhookQuery, url)
                : null,
            StartBy = startBy,
            AnsweredAtEnd = waited,
            Timeout = JobTimeoutHeader.Read(http.Request),
            IdempotencyKey = IdempotencyHeader.Read(http.Request),
        };
        if (DryRunAnswer.IsAsked(http.Request))
            return Reject((await intake.DryRunAsync(request, cancel)).Match(
                ready => DryRunAnswer.Of(ready.DryRun, path is null ? $"{app}" : $"{app}/{path}").ToResult(),
                rejected => FalErrors.Of(http, rejected.Problem)));

        return (await intake.SubmitAsync(request, cancel)).Match(
            accepted => (null, caller, accepted.Id),
            rejected => Reject(FalErrors.Of(http, rejected.Problem)));
    }

    private static (IResult?, Caller, long) Reject(IResult rejection) => (rejection, null!, 0);

    /// <summary>Clients always send "normal", which must not override the field <c>priority</c> of the queue models.</summary>
    private static int? Priority(HttpRequest request) =>
        string.Equals(request.Headers["X-Fal-Queue-Priority"], "low", StringComparison.OrdinalIgnoreCase) ? -1 : null;

    private bool TryStartBy(string sent, out DateTimeOffset? startBy, out IResult problem)
    {
        (startBy, problem) = (null, null!);
        if (sent.Length == 0) return true;
        if (double.TryParse(sent, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e8)
        {
            startBy = clock.GetUtcNow().AddSeconds(seconds);
            return true;
        }
        problem = FalErrors.BadTimeout(sent);
        return false;
    }
}
