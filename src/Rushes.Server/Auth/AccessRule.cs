using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>Endpoint metadata: who may call it. Every endpoint has exactly one; without one all calls are rejected.</summary>
/// <param name="Scope">The required scope. <see cref="Scopes.None"/> means any valid key.</param>
/// <param name="Or">Another scope that is enough, if there is one.</param>
internal sealed record AccessRule(AccessBy By, Scopes Scope, Scopes? Or = null)
{
    public bool Admits(Scopes held) => (held & Scope) == Scope || (Or is { } other && (held & other) == other);
}

internal enum AccessBy
{
    /// <summary>
    /// No key is needed. A key that is sent is not checked, so that the response does not show whether it is valid.
    /// </summary>
    Anyone,

    /// <summary>The endpoint itself verifies the signature of the URL.</summary>
    SignedLink,

    Key,

    /// <summary>A key, or a console session.</summary>
    KeyOrSession,
}

/// <summary>Endpoint metadata: the rate limit per account of all endpoints with this name, in this process.</summary>
internal sealed record CallRate(string Name, int PerMinute)
{
    public static readonly CallRate Redelivery = new("redelivery", 60);
}

/// <summary>Endpoint metadata: calls stay open, and end with their key.</summary>
/// <param name="IsStream">Whether the call counts toward the setting StreamsPerAccount.</param>
/// <param name="Header">Applies only to requests with this header; null: to all.</param>
internal sealed record OpenCallRule(bool IsStream, string? Header = null)
{
    public bool AppliesTo(HttpRequest request) => Header is null || request.Headers.ContainsKey(Header);
}

/// <summary>Endpoint metadata: the dialect's error responses for a missing key and for a missing scope.</summary>
internal sealed record AccessForm(Func<HttpContext, IResult> Unauthorized, Func<Scopes, IResult> Forbidden)
{
    /// <summary>For endpoints that belong to no dialect.</summary>
    public static readonly AccessForm Common = new(
        http =>
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Say(
                StatusCodes.Status401Unauthorized, "unauthorized",
                AccessMessages.BadKey());
        },
        scope => Say(StatusCodes.Status403Forbidden, "forbidden", AccessMessages.NoScope(scope)));

    internal static IResult Say(int status, string code, string message) =>
        TypedResults.Json(new FaultBody(message, code), FaultJson.Default.FaultBody, statusCode: status);
}

/// <summary>Extension methods that set the rules where endpoints are mapped.</summary>
internal static class AccessRules
{
    public static T AllowAnyone<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(AccessBy.Anyone, Scopes.None));

    public static T RequireSignedLink<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(AccessBy.SignedLink, Scopes.None));

    /// <summary>Requires any valid key.</summary>
    public static T RequireKey<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.RequireScope(Scopes.None);

    public static T RequireScope<T>(this T endpoints, Scopes scope)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(AccessBy.Key, scope));

    /// <summary>Requires a key with one of two scopes; the endpoint checks which of them a call needs.</summary>
    public static T RequireEitherScope<T>(this T endpoints, Scopes scope, Scopes or)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(AccessBy.Key, scope, or));

    /// <summary>Requires a key with the scope, or a console session of such a key.</summary>
    public static T RequireConsole<T>(this T endpoints, Scopes scope)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(AccessBy.KeyOrSession, scope));

    public static T LimitRate<T>(this T endpoints, CallRate rate)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(rate);

    /// <summary>The call is a stream, open until the client disconnects.</summary>
    public static T IsStream<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new OpenCallRule(IsStream: true));

    /// <summary>The call is a stream if the request has this header, with which clients ask to wait for the result.</summary>
    public static T IsStreamWith<T>(this T endpoints, string header)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new OpenCallRule(IsStream: true, header));

    /// <summary>The call is a long poll.</summary>
    public static T IsLongPoll<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new OpenCallRule(IsStream: false));
}
