using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Xunit;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Rushes.Tests.SignIn;

/// <summary>
/// An OpenID Connect provider on loopback: OpenIddict, which checks PKCE, the client and the redirect address as others do. It
/// signs in whom the test says, without a page of its own.
/// </summary>
internal sealed class TestProvider : IAsyncDisposable
{
    public const string ClientId = "rushes";

    public const string ClientSecret = "the gateway's secret at the provider";

    private readonly WebApplication app;

    private TestProvider(WebApplication app) => this.app = app;

    public string Url => app.Urls.First();

    /// <summary>Who signs in next; null: the person cancels.</summary>
    public Visitor? Visitor { get; set; } = new("1", "alice", ["studio"]);

    /// <summary>The parameters of the latest request to sign in.</summary>
    public IReadOnlyDictionary<string, string> Asked { get; private set; } = new Dictionary<string, string>();

    public int SignOuts { get; private set; }

    public static async Task<TestProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        TestProvider? provider = null;
        builder.Services.AddOpenIddict().AddServer(options =>
        {
            options.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").SetUserInfoEndpointUris("userinfo")
                .SetEndSessionEndpointUris("logout");
            options.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            options.RegisterScopes(Scopes.Profile);
            options.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            options.EnableDegradedMode();
            options.UseAspNetCore().DisableTransportSecurityRequirement().EnableAuthorizationEndpointPassthrough()
                .EnableEndSessionEndpointPassthrough();
            CheckClient(options);
            options.AddEventHandler<HandleUserInfoRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                context.Claims["groups"] = new(provider!.Visitor!.Groups.ToImmutableArray<string?>());
                return default;
            }));
        });
        var app = builder.Build();
        app.UseAuthentication();
        app.MapGet("/authorize", (HttpContext http) => provider!.AuthorizeAsync(http));
        app.MapGet("/logout", (HttpContext http) => provider!.SignOutAsync(http));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return provider = new TestProvider(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static void CheckClient(OpenIddictServerBuilder options)
    {
        options.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId
                || context.RedirectUri?.EndsWith("/console/sign-in/callback", StringComparison.Ordinal) != true)
                context.Reject(Errors.InvalidClient);
            return default;
        }));
        options.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId || context.ClientSecret != ClientSecret) context.Reject(Errors.InvalidClient);
            return default;
        }));
        options.AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(_ => default));
    }

    private Task AuthorizeAsync(HttpContext http)
    {
        Asked = http.Request.Query.ToDictionary(field => field.Key, field => field.Value.ToString());
        if (Visitor is not { } visitor)
            return http.ForbidAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        var identity = new ClaimsIdentity("test", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, visitor.Subject).SetClaim(Claims.PreferredUsername, visitor.Name)
            .SetClaims("groups", [.. visitor.GroupsInToken]);
        identity.SetScopes(http.GetOpenIddictServerRequest()!.GetScopes());
        identity.SetDestinations(_ => [Destinations.IdentityToken, Destinations.AccessToken]);
        return http.SignInAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, new ClaimsPrincipal(identity));
    }

    private Task SignOutAsync(HttpContext http)
    {
        SignOuts++;
        return http.SignOutAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }
}

/// <param name="Subject">The provider's id of the person.</param>
/// <param name="Groups">In the answer of the userinfo endpoint.</param>
internal sealed record Visitor(string Subject, string Name, IReadOnlyList<string> Groups)
{
    /// <summary>In the id token.</summary>
    public IReadOnlyList<string> GroupsInToken { get; init; } = [];
}
