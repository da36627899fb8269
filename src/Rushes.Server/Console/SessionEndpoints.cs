using Rushes.Accounts;
using Rushes.Server.Auth;

namespace Rushes.Server.Console;

/// <summary>
/// Signing in and out. The key is sent once, as <c>Authorization: Bearer</c>, so that invalid keys are counted as everywhere
/// else. Later requests use the cookie.
/// </summary>
internal sealed class SessionEndpoints(AccountDirectory accounts, ConsoleSessions sessions)
{
    private static readonly string Version = typeof(SessionEndpoints).Assembly.GetName().Version!.ToString(3);

    public void Map(IEndpointRouteBuilder console)
    {
        console.MapPost("/session", OpenAsync).RequireKey();
        // Signing out of a session that has ended is not an error.
        console.MapDelete("/session", CloseAsync).AllowAnyone();
    }

    /// <summary>The signed-in user, for display.</summary>
    public SessionBody Of(Caller caller)
    {
        var account = accounts.Find(caller.Account)!;
        var plan = accounts.PlanOf(caller.Account);
        return new SessionBody(
            new AccountName(account.Id, account.Name), caller.KeyName, KeyScopes.Names(caller.Scopes), plan.Name,
            plan.Charging ? plan.Currency : null, Version);
    }

    private async Task<IResult> OpenAsync(HttpContext http, CancellationToken cancel)
    {
        var caller = http.Caller();
        return await sessions.OpenAsync(http, caller, cancel)
            ? TypedResults.Json(Of(caller), ConsoleWire.Json.SessionBody)
            : ConsoleErrors.Unauthorized();
    }

    private async Task<IResult> CloseAsync(HttpContext http, CancellationToken cancel)
    {
        await sessions.CloseAsync(http, cancel);
        return TypedResults.NoContent();
    }
}
