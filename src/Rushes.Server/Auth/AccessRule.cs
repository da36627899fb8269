using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>Metadata of an endpoint: who may call it. Every endpoint has exactly one; without one nobody may.</summary>
/// <param name="Scope">What the key must allow. <see cref="Scopes.None"/>: any good key.</param>
internal sealed record AccessRule(AccessBy By, Scopes Scope);

internal enum AccessBy
{
    /// <summary>No key is needed, and one that is sent is not looked at: whether it is good must not show.</summary>
    Anyone,

    /// <summary>The endpoint itself checks the signature in the link.</summary>
    SignedLink,

    Key,

    /// <summary>A key, or the cookie of a person who is signed in to the console.</summary>
    KeyOrSession,
}

/// <summary>Metadata of an endpoint: how often an account may call those with this name, in this process.</summary>
internal sealed record CallRate(string Name, int PerMinute)
{
    public static readonly CallRate Redelivery = new("redelivery", 60);
}

/// <summary>Metadata of an endpoint whose calls stay open. They end with their key.</summary>
/// <param name="IsStream">Counts among the account's streams, of which the setting StreamsPerAccount allows so many.</param>
internal sealed record OpenCallRule(bool IsStream);

/// <summary>Metadata of an endpoint: how its dialect says that a key is missing, or lacks a scope.</summary>
internal sealed record AccessForm(Func<HttpContext, IResult> Unauthorized, Func<Scopes, IResult> Forbidden)
{
    /// <summary>For endpoints of no dialect.</summary>
    public static readonly AccessForm Common = new(
        http =>
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Say(StatusCodes.Status401Unauthorized, "unauthorized", "The API key is missing or invalid; send it as \"Authorization: Bearer KEY\".");
        },
        scope => Say(StatusCodes.Status403Forbidden, "forbidden", $"This key does not have the scope {KeyScopes.Text(scope)}."));

    private static IResult Say(int status, string code, string message) =>
        TypedResults.Json(new FaultBody(message, code), FaultJson.Default.FaultBody, statusCode: status);
}

/// <summary>The rules as they are written where endpoints are mapped.</summary>
internal static class AccessRules
{
    public static T AllowAnyone<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(AccessBy.Anyone, Scopes.None));

    public static T RequireSignedLink<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(AccessBy.SignedLink, Scopes.None));

    /// <summary>Any good key.</summary>
    public static T RequireKey<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.RequireScope(Scopes.None);

    public static T RequireScope<T>(this T endpoints, Scopes scope)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(AccessBy.Key, scope));

    /// <summary>A key with the scope, or a console session of one.</summary>
    public static T RequireConsole<T>(this T endpoints, Scopes scope)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new AccessRule(AccessBy.KeyOrSession, scope));

    public static T LimitRate<T>(this T endpoints, CallRate rate)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(rate);

    /// <summary>It answers for as long as its client listens.</summary>
    public static T IsStream<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new OpenCallRule(IsStream: true));

    /// <summary>It answers when there is something to tell, or after a while.</summary>
    public static T IsLongPoll<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.WithMetadata(new OpenCallRule(IsStream: false));
}
