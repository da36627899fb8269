using Rushes.Accounts;
using Rushes.Server.Auth;

namespace Rushes.Server.Console;

/// <summary>
/// Signing in and out. The key comes once, as <c>Authorization: Bearer</c>, so that the door counts wrong ones like anywhere
/// else; after that there is only the cookie.
/// </summary>
internal sealed class SessionEndpoints(AccountBook accounts, KeyRing keys, ConsoleSession sessions)
{
    private static readonly string Version = typeof(SessionEndpoints).Assembly.GetName().Version!.ToString(3);

    /// <param name="anyone">Needs no key: closing a session that is gone is no mistake.</param>
    public void Map(IEndpointRouteBuilder anyone)
    {
        anyone.MapPost("/session", Open);
        anyone.MapDelete("/session", Close);
    }

    /// <summary>Who is signed in, as pages show it.</summary>
    public SessionBody Of(Caller caller)
    {
        var account = accounts.Find(caller.Account)!;
        var plan = accounts.PlanOf(caller.Account);
        return new SessionBody(
            new AccountName(account.Id, account.Name), caller.KeyName, KeyScopes.Names(caller.Scopes), plan.Name, plan.Charging ? plan.Currency : null, Version);
    }

    private IResult Open(HttpContext http, CancellationToken _)
    {
        if (keys.Identify(http) is not { } caller) return ConsoleErrors.Unauthorized();
        sessions.Open(http, KeyRing.HashIn(http.Request.Headers));
        return TypedResults.Json(Of(caller), ConsoleWire.Json.SessionBody);
    }

    private static IResult Close(HttpContext http, CancellationToken _)
    {
        ConsoleSession.Close(http);
        return TypedResults.NoContent();
    }
}
