using Microsoft.AspNetCore.Authentication;
using Rushes.Server.Auth;

namespace Rushes.Server.SignIn;

/// <summary>
/// <c>/console/sign-in</c> sends the browser to the provider, which sends it back to the callback. Only where a provider is set.
/// </summary>
internal sealed class SignInEndpoints(IdentityProvider provider, ILogger<SignInEndpoints> log)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        if (provider.Settings is null) return;
        routes.MapGet("/console/sign-in", StartAsync).AllowAnyone();
        routes.MapGet(ProviderSignIn.CallbackPath, ReturnAsync).AllowAnyone();
    }

    private async Task<IResult> StartAsync(HttpContext http, string? page)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            await http.ChallengeAsync(
                IdentityProvider.Scheme, new AuthenticationProperties { RedirectUri = ReturnPath.Of(page) });
            return TypedResults.Empty;
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or HttpRequestException)
        {
            SignInLog.Unreachable(log, provider.Settings!.Name, error.Message);
            return TypedResults.Redirect(SignInRejection.PathOf(SignInRejection.Unreachable));
        }
    }

    private async Task<IResult> ReturnAsync(HttpContext http, CancellationToken _)
    {
        http.Response.Headers.CacheControl = "no-store";
        // Of this request: the library's handlers are made for each.
        var handler = await http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>()
            .GetHandlerAsync(http, IdentityProvider.Scheme);
        return handler is IAuthenticationRequestHandler callback && await callback.HandleRequestAsync()
            ? TypedResults.Empty
            : TypedResults.Redirect(SignInRejection.PathOf(SignInRejection.Failed));
    }
}
