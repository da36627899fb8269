using Rushes.Catalog;
using Rushes.Server.Auth;
using Rushes.Server.Dialects.Fal;
using Rushes.Server.Http;
using Rushes.Server.Settings;

namespace Rushes.Server.Hosting;

internal static class Pipeline
{
    /// <summary>What every request passes on its way to its endpoint, in this order.</summary>
    public static void UseRushes(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        var origin = app.Services.GetRequiredService<Origin>();
        // WebApplication adds the authentication middleware by itself where a scheme is registered. Requests are authenticated by
        // AccessControl, and only the endpoints of the sign-in use the scheme.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        app.Use(next => http => Transport.CheckHost(http, next, origin));
        if (options.KnownProxies is not null) app.UseForwardedHeaders();
        app.Use(next => http => Transport.WriteSecurityHeaders(http, next));
        app.UseExceptionHandler();
        var rejections = new EarlyErrors(new FaultForm(FalErrors.Broke));
        app.Use(next => http => rejections.PassAsync(http, next));
        app.UseFalProxy(app.Services.GetRequiredService<ModelCatalog>());
        if (!app.Services.GetRequiredService<GatewayRoles>().Api) app.Use(next => http => Transport.HealthAlone(http, next));
        app.UseRouting();
        var access = app.Services.GetRequiredService<AccessControl>();
        app.Use(next => http => access.PassAsync(http, next));
    }
}
