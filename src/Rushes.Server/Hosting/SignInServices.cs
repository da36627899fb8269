using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Rushes.Server.Settings;
using Rushes.Server.SignIn;

namespace Rushes.Server.Hosting;

internal static class SignInServices
{
    /// <summary>Registers the identity provider of the settings, if there is one.</summary>
    /// <exception cref="SettingsException">A setting of the provider cannot be used.</exception>
    public static IServiceCollection AddSignIn(this IServiceCollection services, GatewayOptions options)
    {
        var settings = OidcSettings.Of(options);
        services.AddOptions();
        services.AddSingleton(provider => new IdentityProvider(
            settings, provider.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>(),
            provider.GetRequiredService<Http.Origin>(), provider.GetRequiredService<ILogger<IdentityProvider>>()));
        if (settings is null) return services;

        // AddAuthentication would also make keys in a folder of this machine, which other gateways do not have.
        services.AddAuthenticationCore(
            schemes => schemes.AddScheme<OpenIdConnectHandler>(IdentityProvider.Scheme, settings.Name));
        services.AddSingleton(UrlEncoder.Default).AddSingleton(HtmlEncoder.Default);
        services.AddSingleton<IDataProtectionProvider>(
            provider => new SecretProtection(provider.GetRequiredService<Stores>().SignInKey));
        services.AddSingleton(provider => provider.Make<ProviderSignIn>(settings));
        services.AddTransient<OpenIdConnectHandler>();
        services.AddOptions<OpenIdConnectOptions>(IdentityProvider.Scheme)
            .Configure<ProviderSignIn>((oidc, signIn) => Set(oidc, settings, signIn));
        services.AddSingleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>();
        return services;
    }

    private static void Set(OpenIdConnectOptions oidc, OidcSettings settings, ProviderSignIn signIn)
    {
        oidc.Authority = settings.Authority.ToString();
        oidc.RequireHttpsMetadata = !settings.Authority.IsLoopback;
        oidc.ClientId = settings.ClientId;
        oidc.ClientSecret = settings.Secret;
        oidc.CallbackPath = ProviderSignIn.CallbackPath;
        // Unused: the sign-in ends with a session of the console.
        oidc.SignInScheme = "none";
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        // With form_post the cookies would have to be sent by other sites' forms, which needs HTTPS.
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        foreach (var cookie in new[] { oidc.CorrelationCookie, oidc.NonceCookie })
            (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
        oidc.UsePkce = true;
        oidc.SaveTokens = true;
        oidc.MapInboundClaims = false;
        oidc.Scope.Clear();
        foreach (var scope in settings.Requested) oidc.Scope.Add(scope);
        // Some providers have groups only in the answer of this endpoint.
        oidc.GetClaimsFromUserInfoEndpoint = true;
        foreach (var claim in new[] { settings.GroupsClaim, settings.AccountClaim, "preferred_username", "email_verified" })
            Microsoft.AspNetCore.Authentication.ClaimActionCollectionMapExtensions.MapJsonKey(oidc.ClaimActions, claim, claim);
        oidc.Events = signIn.Events();
    }
}
