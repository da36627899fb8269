using System.Collections.Concurrent;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Server.Auth;

namespace Rushes.Server.Console;

/// <summary>
/// Who is signed in. The browser has a random id in a cookie that opens the console's API and nothing else; the database has
/// its hash, so that every gateway knows the session and nobody who reads the database can make one.
/// </summary>
internal sealed class ConsoleSessions(IDatabase database, TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    /// <summary>What changes something must carry it: pages of other origins cannot send it.</summary>
    public const string Header = "X-Rushes-Console";

    private const string Cookie = "rushes-console";

    private readonly ConcurrentDictionary<KeyHash, ConsoleSession> sessions = [];

    /// <summary>Follows the database.</summary>
    public void Apply(ConsoleSession session)
    {
        if (session.Ended) sessions.TryRemove(KeyHash.Of(session.Hash), out _);
        else sessions[KeyHash.Of(session.Hash)] = session;
    }

    /// <summary>False: the key ended meanwhile.</summary>
    public async Task<bool> OpenAsync(HttpContext http, Caller caller, CancellationToken cancel)
    {
        var id = ConsoleSession.NewId();
        var now = clock.GetUtcNow();
        var session = new ConsoleSession { Hash = ConsoleSession.HashOf(id), Key = caller.Key, CreatedAt = now, ExpiresAt = now + Life };
        if (!await database.AddSessionAsync(session, cancel)) return false;
        http.Response.Cookies.Append(Cookie, id, Options(http, Life));
        return true;
    }

    /// <summary>Ends the session at every gateway.</summary>
    public async Task CloseAsync(HttpContext http, CancellationToken cancel)
    {
        if (await FindAsync(http.Request, cancel) is { } session) await database.EndSessionAsync(session.Hash, cancel);
        http.Response.Cookies.Append(Cookie, "", Options(http, TimeSpan.Zero));
    }

    /// <summary>The session of the request's cookie; null: there is none, or it has ended.</summary>
    public async ValueTask<ConsoleSession?> FindAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.Cookies[Cookie] is not { Length: ConsoleSession.IdLength } id) return null;
        var hash = ConsoleSession.HashOf(id);
        // Another gateway may have begun it a moment ago. It is not kept here: that it ended may have been told already.
        var session = sessions.GetValueOrDefault(KeyHash.Of(hash)) ?? await database.FindSessionAsync(hash, cancel);
        return session is not null && clock.GetUtcNow() < session.ExpiresAt ? session : null;
    }

    /// <summary>Whether it has not ended since it was found.</summary>
    public bool Holds(ConsoleSession session) => sessions.ContainsKey(KeyHash.Of(session.Hash));

    /// <summary>No script reads it, no other site sends it, and it goes nowhere but to the console.</summary>
    private static CookieOptions Options(HttpContext http, TimeSpan life) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/console", Secure = http.Request.IsHttps, MaxAge = life,
    };
}
