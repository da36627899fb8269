using Rushes.Accounts;
using Rushes.Database;
using Rushes.Server.Auth;

namespace Rushes.Server.Console;

/// <summary>
/// Signing in and out. The key comes once, as <c>Authorization: Bearer</c>, so that the door counts wrong ones like anywhere
/// else; after that there is only the cookie.
/// </summary>
internal sealed class SessionEndpoints(IDatabase database, AccountBook accounts, KeyRing keys, ConsoleSession sessions, ConsoleDoor door)
{
    private static readonly string Version = typeof(SessionEndpoints).Assembly.GetName().Version!.ToString(3);

    /// <param name="anyone">Needs no key: nobody is told that nobody is signed in, and closing a session that is gone is no mistake.</param>
    public void Map(IEndpointRouteBuilder anyone)
    {
        anyone.MapPost("/session", OpenAsync);
        anyone.MapGet("/session", ShowAsync);
        anyone.MapDelete("/session", Close);
    }

    private async Task<IResult> OpenAsync(HttpContext http, CancellationToken cancel)
    {
        if (keys.Identify(http) is not { } caller) return ConsoleErrors.Unauthorized();
        var key = (await database.ReadKeysAsync(cancel)).First(known => known.Id == caller.Key);
        sessions.Open(http, key.Hash);
        return Answer(key);
    }

    private async Task<IResult> ShowAsync(HttpContext http, CancellationToken cancel)
    {
        http.Response.Headers.CacheControl = "no-store";
        return door.SignedIn(http) is { } caller ? Answer((await database.ReadKeysAsync(cancel)).First(key => key.Id == caller.Key)) : TypedResults.NoContent();
    }

    private static IResult Close(HttpContext http, CancellationToken _)
    {
        ConsoleSession.Close(http);
        return TypedResults.NoContent();
    }

    private IResult Answer(ApiKey key)
    {
        var account = accounts.Find(key.Account)!;
        var plan = accounts.PlanOf(key.Account);
        return TypedResults.Json(
            new SessionBody(new AccountName(account.Id, account.Name), key.Name, KeyScopes.Names(key.Scopes), plan.Name, plan.Charging ? plan.Currency : null, Version),
            ConsoleWire.Json.SessionBody);
    }
}
