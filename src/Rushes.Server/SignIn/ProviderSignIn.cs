using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Rushes.Accounts;
using Rushes.Database;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.Settings;

namespace Rushes.Server.SignIn;

/// <summary>
/// What happens at each step of a sign-in. The library sends the browser to the provider and checks what comes back (state,
/// nonce, PKCE, signature, issuer, audience, time); this decides who the person is here and opens the session.
/// </summary>
internal sealed class ProviderSignIn(
    OidcSettings settings, IKeyStore keyStore, ConsoleSessions sessions, Origin origin, ILogger<ProviderSignIn> log)
{
    public const string CallbackPath = "/console/sign-in/callback";

    private const string Issuer = "issuer";

    private const string Subject = "subject";

    public OpenIdConnectEvents Events() => new()
    {
        OnRedirectToIdentityProvider = context =>
        {
            context.ProtocolMessage.RedirectUri = origin.Of(context.Request) + CallbackPath;
            return Task.CompletedTask;
        },
        OnTokenValidated = context =>
        {
            context.Properties!.Items[Issuer] = context.SecurityToken.Issuer;
            context.Properties.Items[Subject] = context.SecurityToken.Subject;
            return Task.CompletedTask;
        },
        OnTicketReceived = async context =>
        {
            context.HandleResponse();
            await EnterAsync(context);
        },
        OnAccessDenied = context =>
        {
            context.HandleResponse();
            context.Response.Redirect(SignInRejection.PathOf(SignInRejection.Cancelled));
            return Task.CompletedTask;
        },
        OnRemoteFailure = context =>
        {
            context.HandleResponse();
            Reject(context.HttpContext, SignInRejection.Failed, context.Failure?.Message ?? "no reason was given");
            return Task.CompletedTask;
        },
    };

    private async Task EnterAsync(TicketReceivedContext context)
    {
        var (http, claims, properties) = (context.HttpContext, context.Principal!, context.Properties!);
        if (AccountNameOf(claims) is not { } account)
        {
            Reject(http, SignInRejection.NoAccountName, $"the claim {settings.AccountClaim} is missing or is no account name");
            return;
        }

        var subject = properties.Items[Subject]!;
        var name = claims.FindFirstValue("preferred_username") ?? claims.FindFirstValue("name") ?? account;
        var groups = claims.FindAll(settings.GroupsClaim).Select(claim => claim.Value);
        var person = new Person(
            Person.IdOf(properties.Items[Issuer]!, subject), name, account, settings.Join, settings.ScopesOf(groups));
        switch (await keyStore.SignInAsync(person, http.RequestAborted))
        {
            case SignInOutcome.SignedIn signedIn:
                await OpenAsync(http, signedIn.Key, properties, ReturnPath.Of(context.ReturnUri));
                break;
            case SignInOutcome.NotAllowed:
                Reject(http, SignInRejection.NotAllowed, $"{subject} is in no group that may sign in");
                break;
            case SignInOutcome.AccountExists:
                Reject(http, SignInRejection.AccountExists, $"{subject} is new, and there is an account \"{account}\"");
                break;
            default:
                Reject(http, SignInRejection.Revoked, $"the key of {subject} was revoked");
                break;
        }
    }

    private async Task OpenAsync(HttpContext http, ApiKey key, AuthenticationProperties properties, string page)
    {
        var caller = new Caller(key.Id, key.Name, key.Account, key.Scopes);
        if (!await sessions.OpenAsync(http, caller, http.RequestAborted))
        {
            Reject(http, SignInRejection.Revoked, $"account {key.Account} is suspended");
            return;
        }

        IdentityProvider.Keep(http, properties.GetTokenValue("id_token"));
        SignInLog.SignedIn(log, key.Id, key.Account);
        // Browsers do not send the session's cookie on a redirect that began at the provider, but do from a page of this site.
        http.Response.ContentType = "text/html; charset=utf-8";
        var target = HtmlEncoder.Default.Encode(page);
        await http.Response.WriteAsync(
            $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Rushes</title>"
            + $"<meta http-equiv=\"refresh\" content=\"0;url={target}\"></head>"
            + $"<body><a href=\"{target}\">Continue</a></body></html>", http.RequestAborted);
    }

    /// <summary>Null if the claim is missing, is no name for an account, or is an address that is not the person's.</summary>
    private string? AccountNameOf(ClaimsPrincipal claims) =>
        claims.FindFirstValue(settings.AccountClaim)?.Trim() is { } name && AccountNames.FaultOf(name) is null
            && !(settings.AccountClaim == "email" && claims.FindFirstValue("email_verified") is "false" or "False")
            ? name
            : null;

    private void Reject(HttpContext http, string reason, string detail)
    {
        SignInLog.Failed(log, detail.ReplaceLineEndings(" "));
        http.Response.Redirect(SignInRejection.PathOf(reason));
    }
}
