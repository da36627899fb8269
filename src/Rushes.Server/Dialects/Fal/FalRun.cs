using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Fal;

/// <summary>
/// <c>fal.run</c>: waits for the video and returns it. If the client disconnects, the job is cancelled, because no client knows
/// its id.
/// </summary>
internal sealed class FalRun(
    FalApps apps, FalSubmit submit, FalResults results, JobDesk desk, JobIds ids, JobWatch watch, Origin origin,
    IHostApplicationLifetime lifetime)
{
    /// <summary>The path prefix for <c>https://fal.run/</c>; <c>https://queue.fal.run/</c> is the root.</summary>
    public const string Prefix = "/run";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var owner in apps.Owners)
            routes.MapPost($"{Prefix}/{owner}/{{name}}/{{**path}}",
                (HttpContext http, string name, string? path, CancellationToken cancel) =>
                RunAsync(http, new(owner, name), path, cancel)).RequireScope(Scopes.Submit).IsStream();
    }

    private async Task<IResult> RunAsync(HttpContext http, FalApp app, string? path, CancellationToken cancel)
    {
        var (rejection, caller, id) = await submit.TakeAsync(http, app, path, waited: true, cancel);
        if (rejection is not null) return rejection;
        http.Response.Headers[FalEndpoints.RequestIdHeader] = ids.ToUuid(id);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, http.KeyEnded(), lifetime.ApplicationStopping);
        JobView.Ended? ended = null;
        try
        {
            await foreach (var job in watch.FollowAsync(id, caller.Account, null, stop.Token))
                ended ??= job as JobView.Ended;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await desk.CancelAsync(id, caller.Account, null, force: true, CancellationToken.None);
            return http.KeyEnded().IsCancellationRequested ? FalErrors.Unauthorized(http) : FalErrors.Stopping();
        }
        return ended is null ? FalErrors.Deleted() : await results.AnswerAsync(http, ended, origin.Of(http.Request), cancel);
    }
}
