using Rushes.Accounts;
using Rushes.Server.Auth;

namespace Rushes.Server.Console;

/// <summary>
/// Lets in who is signed in, or sends a key as other clients do, if the key has the scope. What changes something must carry
/// a header that pages of other origins cannot send: SameSite takes another port of this host for the same site.
/// </summary>
/// <param name="scope"><see cref="Scopes.None"/>: any key.</param>
internal sealed class ConsoleDoor(KeyRing keys, ConsoleSession sessions, Scopes scope) : IEndpointFilter
{
    public const string Header = "X-Rushes-Console";

    private static readonly object Entered = new();

    public static Caller CallerOf(HttpContext http) => (Caller)http.Items[Entered]!;

    /// <summary>Who does it, for the audit.</summary>
    public static string ActorOf(HttpContext http) => $"key {CallerOf(http).Key}";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        var sent = keys.Identify(http);
        if ((sent ?? SignedIn(http)) is not { } caller) return ConsoleErrors.Unauthorized();
        if (sent is null && !HttpMethods.IsGet(http.Request.Method) && !http.Request.Headers.ContainsKey(Header)) return ConsoleErrors.Forged();
        if (!caller.May(scope)) return ConsoleErrors.Forbidden(scope);

        http.Items[Entered] = caller;
        return await next(context);
    }

    /// <summary>A session is as good as its key is at this moment. One in use is renewed.</summary>
    public Caller? SignedIn(HttpContext http)
    {
        if (sessions.Read(http.Request) is not var (hash, left) || keys.Find(hash, http.Connection.RemoteIpAddress) is not { } caller) return null;
        if (left < ConsoleSession.Life / 2) sessions.Open(http, hash);
        return caller;
    }
}
