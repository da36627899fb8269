using Rushes.Accounts;
using Rushes.Server.Auth;
using Rushes.Server.SignIn;

namespace Rushes.Server.Console;

/// <summary>
/// Signing in and out. The key is sent once, as <c>Authorization: Bearer</c>, so that invalid keys are counted as everywhere
/// else; or a code of <see cref="SignInCodes"/> is. Later requests use the cookie.
/// </summary>
internal sealed class SessionEndpoints(
    AccountDirectory accounts, ConsoleSessions sessions, SignInCodes codes, KeyRing keys, IdentityProvider provider)
{
    public void Map(IEndpointRouteBuilder console)
    {
        console.MapPost("/session", OpenByKeyAsync).RequireKey();
        console.MapPost("/session/code", OpenByCodeAsync).AllowAnyone();
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
            plan.Charging ? plan.Currency : null, ProgramVersion.Text);
    }

    private Task<IResult> OpenByKeyAsync(HttpContext http, CancellationToken cancel) => OpenAsync(http, http.Caller(), cancel);

    private async Task<IResult> OpenByCodeAsync(HttpContext http, CancellationToken cancel) =>
        codes.Take(http.Request.Headers[SignInCodes.Header].ToString()) is { } key
            && keys.Find(key, http.Connection.RemoteIpAddress) is { } caller
            ? await OpenAsync(http, caller, cancel)
            : ConsoleErrors.InvalidLink();

    private async Task<IResult> OpenAsync(HttpContext http, Caller caller, CancellationToken cancel) =>
        await sessions.OpenAsync(http, caller, cancel)
            ? TypedResults.Json(Of(caller), ConsoleWire.Json.SessionBody)
            : ConsoleErrors.Unauthorized();

    private async Task<IResult> CloseAsync(HttpContext http, CancellationToken cancel)
    {
        await sessions.CloseAsync(http, cancel);
        return await provider.SignOutUrlAsync(http, cancel) is { } url
            ? TypedResults.Json(new SignedOutBody(url), ConsoleWire.Json.SignedOutBody)
            : TypedResults.NoContent();
    }
}
