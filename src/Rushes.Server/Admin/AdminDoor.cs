using Rushes.Accounts;
using Rushes.Server.Auth;

namespace Rushes.Server.Admin;

/// <summary>Lets keys with the scope admin in, and nobody else.</summary>
/// <param name="identify">Who asks; null: nobody that is known.</param>
internal sealed class AdminDoor(Func<HttpContext, Caller?> identify) : IEndpointFilter
{
    private static readonly object Entered = new();

    public static Caller CallerOf(HttpContext http) => (Caller)http.Items[Entered]!;

    /// <summary>Who does it, for the audit.</summary>
    public static string ActorOf(HttpContext http) => $"key {CallerOf(http).Key}";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (identify(http) is not { } caller)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return AdminErrors.Unauthorized();
        }
        if (!caller.May(Scopes.Admin)) return AdminErrors.Forbidden();

        http.Items[Entered] = caller;
        http.Response.Headers.CacheControl = "no-store";
        return await next(context);
    }
}
