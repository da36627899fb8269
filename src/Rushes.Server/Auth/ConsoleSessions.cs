using System.Collections.Concurrent;
using Rushes.Accounts;
using Rushes.Database;

namespace Rushes.Server.Auth;

/// <summary>
/// Console sessions. The browser has a random id in a cookie, which is accepted only by the console's API. The database has its
/// hash, so every gateway knows the session, and the database does not contain enough to create one.
/// </summary>
internal sealed class ConsoleSessions(ISessionStore sessionStore, TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    /// <summary>Required for calls that change something, because pages of other origins cannot send it.</summary>
    public const string Header = "X-Rushes-Console";

    private const string Cookie = "rushes-console";

    private readonly ConcurrentDictionary<KeyHash, ConsoleSession> sessions = [];

    /// <summary>Handles changes from the database.</summary>
    public void Apply(ConsoleSession session)
    {
        if (session.Ended) sessions.TryRemove(KeyHash.Of(session.Hash), out _);
        else sessions[KeyHash.Of(session.Hash)] = session;
    }

    /// <returns>False if the key has ended.</returns>
    public async Task<bool> OpenAsync(HttpContext http, Caller caller, CancellationToken cancel)
    {
        var id = ConsoleSession.NewId();
        var now = clock.GetUtcNow();
        var session = new ConsoleSession
        {
            Hash = ConsoleSession.HashOf(id), Key = caller.Key, CreatedAt = now, ExpiresAt = now + Life,
        };
        if (!await sessionStore.AddSessionAsync(session, cancel)) return false;
        http.Response.Cookies.Append(Cookie, id, Options(http, Life));
        return true;
    }

    /// <summary>Ends the session on every gateway.</summary>
    public async Task CloseAsync(HttpContext http, CancellationToken cancel)
    {
        if (await FindAsync(http.Request, cancel) is { } session) await sessionStore.EndSessionAsync(session.Hash, cancel);
        http.Response.Cookies.Append(Cookie, "", Options(http, TimeSpan.Zero));
    }

    /// <summary>The session of the request's cookie; null if there is none or it has ended.</summary>
    public async ValueTask<ConsoleSession?> FindAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.Cookies[Cookie] is not { Length: ConsoleSession.IdLength } id) return null;
        var hash = ConsoleSession.HashOf(id);
        // Another gateway may have just created it. It is not cached, because the notification that it ended may have come first.
        var session = sessions.GetValueOrDefault(KeyHash.Of(hash)) ?? await sessionStore.FindSessionAsync(hash, cancel);
        return session is not null && clock.GetUtcNow() < session.ExpiresAt ? session : null;
    }

    /// <summary>Whether the session is still valid.</summary>
    public bool Holds(ConsoleSession session) => sessions.ContainsKey(KeyHash.Of(session.Hash));

    /// <summary>Scripts cannot read the cookie, other sites cannot send it, and browsers send it only to the console.</summary>
    private static CookieOptions Options(HttpContext http, TimeSpan life) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/console", Secure = http.Request.IsHttps, MaxAge = life,
    };
}
