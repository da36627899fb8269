using System.Globalization;
using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>
/// What every request passes before its endpoint: an address that guesses keys is told to wait, an account that asks faster
/// than its plan allows too. What is refused is said in the words of the endpoint's dialect.
/// </summary>
internal sealed class Door(KeyRing keys, FailedKeys failed, RateLimits rates, AccountBook accounts)
{
    public Task PassAsync(HttpContext http, RequestDelegate next)
    {
        if (!KeyRing.IsSent(http.Request.Headers)) return next(http);
        if (failed.Any && failed.Wait(http.Connection.RemoteIpAddress) is { } locked && keys.Identify(http) is null)
            return Refuse(http, "Too many bad keys came from this address; wait a minute.", locked);
        if (accounts.HasRates && keys.Identify(http) is { } caller)
        {
            if (rates.TakeRequest(caller.Account) is { } wait) return Refuse(http, "More requests a second than the plan allows; wait and send it again.", wait);
            if (HttpMethods.IsPost(http.Request.Method)) http.Response.OnStarting(() => TellWindow(http, caller.Account));
        }

        return CountFailureAsync(http, next(http));
    }

    private async Task CountFailureAsync(HttpContext http, Task answered)
    {
        await answered;
        if (http.Response.StatusCode == StatusCodes.Status401Unauthorized && keys.Identify(http) is null) failed.Count(http.Connection.RemoteIpAddress);
    }

    /// <summary>The three fields of the IETF's draft as most clients know them (draft-ietf-httpapi-ratelimit-headers up to 07): Reset is in seconds from now.</summary>
    private Task TellWindow(HttpContext http, int account)
    {
        if (rates.Look(account) is not { } quota) return Task.CompletedTask;
        var headers = http.Response.Headers;
        headers["RateLimit-Limit"] = Text(quota.Limit);
        headers["RateLimit-Remaining"] = Text(quota.Remaining);
        headers["RateLimit-Reset"] = Text((int)Math.Ceiling(quota.Reset.TotalSeconds));
        return Task.CompletedTask;
    }

    private static Task Refuse(HttpContext http, string message, TimeSpan wait)
    {
        http.Response.Headers.RetryAfter = Text(Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)));
        var answer = http.GetEndpoint()?.Metadata.GetMetadata<FaultForm>() is { } form
            ? form.Say(StatusCodes.Status429TooManyRequests, message)
            : TypedResults.Json(new FaultBody(message, "too_many_requests"), FaultJson.Default.FaultBody, statusCode: StatusCodes.Status429TooManyRequests);
        return answer.ExecuteAsync(http);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
