using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Database;
using Rushes.Server.Auth;

namespace Rushes.Server.Health;

/// <summary>For load balancers and supervisors; no key needed.</summary>
internal sealed class HealthEndpoints(IJobStore jobStore, IHostApplicationLifetime lifetime)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        // Some load balancers send HEAD.
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods("/health/live", methods, () => TypedResults.Text("live\n")).AllowAnyone();
        routes.MapMethods("/health/ready", methods, ReadyAsync).AllowAnyone();
    }

    private async Task<Results<ContentHttpResult, StatusCodeHttpResult>> ReadyAsync(CancellationToken cancel)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        await jobStore.FindAsync(0, cancel);
        return TypedResults.Text("ready\n");
    }
}
