using System.Globalization;
using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>
/// Checks every request against the <see cref="AccessRule"/> and the rate limits of its endpoint before the endpoint runs,
/// and rejects it in the format of the endpoint's dialect.
/// </summary>
internal sealed class AccessControl(
    KeyRing keys, KeyGuard guard, ConsoleSessions sessions, RateLimits rates, CallRates callRates, AccountDirectory accounts,
    OpenCalls open)
{
    public Task PassAsync(HttpContext http, RequestDelegate next)
    {
        // Responses of the routing itself, such as 404 and 405, are the same for all clients.
        if (http.GetEndpoint() is not RouteEndpoint endpoint) return next(http);
        var metadata = endpoint.Metadata;
        var rule = metadata.GetMetadata<AccessRule>()
            ?? throw new InvalidOperationException($"The endpoint {endpoint.RoutePattern.RawText} has no access rule.");
        if (rule.By is AccessBy.Anyone or AccessBy.SignedLink) return next(http);
        // Responses to a key belong to its owner, and some contain secrets.
        http.Response.Headers.CacheControl = "no-store";
        if (KeyRing.IsSent(http.Request.Headers)) return CheckKeyAsync(http, metadata, rule, next);
        if (rule.By == AccessBy.KeyOrSession) return CheckSessionAsync(http, metadata, rule, next);
        return Form(metadata).Unauthorized(http).ExecuteAsync(http);
    }

    private Task CheckKeyAsync(HttpContext http, EndpointMetadataCollection metadata, AccessRule rule, RequestDelegate next)
    {
        var address = http.Connection.RemoteIpAddress;
        var caller = keys.Identify(http);
        if (guard.Wait(caller?.Key, address) is { } wait)
            return TooManyAsync(http, "Too many invalid keys from this address or its network; retry later.", wait);
        if (caller is not null) return AdmitAsync(http, metadata, rule, caller, null, next);

        guard.CountWrong(address);
        return Form(metadata).Unauthorized(http).ExecuteAsync(http);
    }

    private async Task CheckSessionAsync(
        HttpContext http, EndpointMetadataCollection metadata, AccessRule rule, RequestDelegate next)
    {
        var session = await sessions.FindAsync(http.Request, http.RequestAborted);
        var caller = session is null ? null : keys.Find(session.Key, http.Connection.RemoteIpAddress);
        if (caller is null) await Form(metadata).Unauthorized(http).ExecuteAsync(http);
        // For SameSite another port of this host is the same site, but its pages cannot send this header.
        else if (!HttpMethods.IsGet(http.Request.Method) && !http.Request.Headers.ContainsKey(ConsoleSessions.Header))
            await AccessForm.Say(
                StatusCodes.Status403Forbidden, "forged",
                $"The header {ConsoleSessions.Header} is missing, which pages of other origins cannot send.").ExecuteAsync(http);
        else await AdmitAsync(http, metadata, rule, caller, session, next);
    }

    private Task AdmitAsync(
        HttpContext http, EndpointMetadataCollection metadata, AccessRule rule, Caller caller, ConsoleSession? session,
        RequestDelegate next)
    {
        if (accounts.HasRates)
        {
            if (rates.TakeRequest(caller.Account) is { } wait)
                return TooManyAsync(http, "The request rate of the plan was exceeded; retry later.", wait);
            if (HttpMethods.IsPost(http.Request.Method)) http.Response.OnStarting(() => WriteWindow(http, caller.Account));
        }

        if (!rule.Admits(caller.Scopes)) return Form(metadata).Forbidden(rule.Scope).ExecuteAsync(http);
        if (metadata.GetMetadata<CallRate>() is { } rate && callRates.Take(rate, caller.Account) is { } pause)
            return TooManyAsync(
                http, $"The limit is {rate.PerMinute} calls of this kind per minute and account; retry later.", pause);

        http.Features.Set(caller);
        return metadata.GetMetadata<OpenCallRule>() is { } held && held.AppliesTo(http.Request)
            ? HoldAsync(http, held, caller, session, next)
            : next(http);
    }

    private async Task HoldAsync(
        HttpContext http, OpenCallRule rule, Caller caller, ConsoleSession? session, RequestDelegate next)
    {
        using var call = open.TryOpen(caller, session, rule.IsStream);
        if (call is null)
        {
            await TooManyAsync(
                http, $"The account has {open.MaxStreams} open streams, which is the maximum; close one first.",
                OpenCalls.CheckInterval);
            return;
        }

        http.Features.Set(call);
        await next(http);
    }

    /// <summary>
    /// The three header fields of the IETF draft in the version that most clients use
    /// (draft-ietf-httpapi-ratelimit-headers-07): Reset is in seconds from now.
    /// </summary>
    private Task WriteWindow(HttpContext http, int account)
    {
        if (rates.Look(account) is not { } quota) return Task.CompletedTask;
        var headers = http.Response.Headers;
        headers["RateLimit-Limit"] = Text(quota.Limit);
        headers["RateLimit-Remaining"] = Text(quota.Remaining);
        headers["RateLimit-Reset"] = Text((int)Math.Ceiling(quota.Reset.TotalSeconds));
        return Task.CompletedTask;
    }

    private static Task TooManyAsync(HttpContext http, string message, TimeSpan wait)
    {
        http.Response.Headers.RetryAfter = Text(Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)));
        var answer = http.GetEndpoint()?.Metadata.GetMetadata<FaultForm>() is { } form
            ? form.Say(StatusCodes.Status429TooManyRequests, message)
            : AccessForm.Say(StatusCodes.Status429TooManyRequests, "too_many_requests", message);
        return answer.ExecuteAsync(http);
    }

    private static AccessForm Form(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<AccessForm>() ?? AccessForm.Common;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What <see cref="AccessControl"/> found out about a request that it admitted.</summary>
internal static class Admitted
{
    /// <exception cref="InvalidOperationException">The endpoint's rule does not require a key.</exception>
    public static Caller Caller(this HttpContext http) =>
        http.Features.Get<Caller>() ?? throw new InvalidOperationException("The endpoint's access rule does not require a key.");

    /// <summary>The actor for the audit log.</summary>
    public static string Actor(this HttpContext http) => $"key {http.Caller().Key}";

    /// <summary>Cancelled when the key or session of this call ends; only for endpoints whose calls stay open.</summary>
    public static CancellationToken KeyEnded(this HttpContext http) =>
        http.Features.Get<OpenCall>()?.Ended ?? CancellationToken.None;
}
