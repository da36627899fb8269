using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.Settings;

namespace Rushes.Server.SignIn;

/// <summary>The OpenID Connect provider of the settings, if there is one: its name, and signing out there.</summary>
internal sealed class IdentityProvider(
    OidcSettings? settings, IOptionsMonitor<OpenIdConnectOptions> options, Origin origin, ILogger<IdentityProvider> log)
{
    /// <summary>The name of the authentication scheme.</summary>
    public const string Scheme = "oidc";

    private const string Cookie = "rushes-id-token";

    /// <summary>Stands for a token that is too long for a cookie.</summary>
    private const string TooLong = "-";

    private const int MaxCookieLength = 3500;

    /// <summary>Null if there is no provider.</summary>
    public OidcSettings? Settings => settings;

    /// <summary>Keeps the token of a sign-in in the browser, which sends it only to sign out.</summary>
    public static void Keep(HttpContext http, string? idToken) => http.Response.Cookies.Append(
        Cookie, idToken is { Length: <= MaxCookieLength } ? idToken : TooLong, Options(http, ConsoleSessions.Life));

    /// <summary>
    /// Where the browser goes to sign out at the provider as well; null if the session is none of the provider's, or the
    /// provider has no such address.
    /// </summary>
    public async Task<string?> SignOutUrlAsync(HttpContext http, CancellationToken cancel)
    {
        if (settings is null || http.Request.Cookies[Cookie] is not { Length: > 0 } token) return null;
        http.Response.Cookies.Append(Cookie, "", Options(http, TimeSpan.Zero));
        try
        {
            var provider = await options.Get(Scheme).ConfigurationManager!.GetConfigurationAsync(cancel);
            if (provider.EndSessionEndpoint is not { Length: > 0 } address) return null;
            return new OpenIdConnectMessage
            {
                IssuerAddress = address, ClientId = settings.ClientId, IdTokenHint = token == TooLong ? null : token,
                PostLogoutRedirectUri = $"{origin.Of(http.Request)}/console",
            }.CreateLogoutRequestUrl();
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or HttpRequestException)
        {
            SignInLog.Unreachable(log, settings.Name, error.Message);
            return null;
        }
    }

    private static CookieOptions Options(HttpContext http, TimeSpan life) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/console/api/session", Secure = http.Request.IsHttps,
        MaxAge = life,
    };
}
