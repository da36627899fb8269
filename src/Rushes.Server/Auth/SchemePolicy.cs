using Microsoft.AspNetCore.Routing.Matching;

namespace Rushes.Server.Auth;

/// <summary>
/// Endpoint metadata: the endpoint only matches requests with this <c>Authorization</c> scheme, and takes precedence over
/// endpoints without one.
/// </summary>
internal sealed record AuthorizationScheme(string Name);

/// <summary>Lets dialects share paths: the scheme of the key selects the dialect.</summary>
internal sealed class SchemePolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<AuthorizationScheme>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var authorization = httpContext.Request.Headers.Authorization.ToString();
        var meant = false;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!candidates.IsValidCandidate(i) || SchemeOf(candidates[i]) is not { } scheme) continue;
            var matches = authorization.StartsWith(scheme + " ", StringComparison.OrdinalIgnoreCase);
            candidates.SetValidity(i, matches);
            meant |= matches;
        }
        if (!meant) return Task.CompletedTask;
        for (var i = 0; i < candidates.Count; i++)
            if (candidates.IsValidCandidate(i) && SchemeOf(candidates[i]) is null) candidates.SetValidity(i, false);
        return Task.CompletedTask;
    }

    private static string? SchemeOf(CandidateState candidate) =>
        candidate.Endpoint?.Metadata.GetMetadata<AuthorizationScheme>()?.Name;
}
