using Rushes.Server.Hosting;

namespace Rushes.Server.Metrics;

/// <summary>
/// Serves /metrics without a key, and nothing else, on separate addresses, so that a network rule that opens the API to clients
/// does not open the metrics.
/// </summary>
internal sealed class MetricsListener(string urls, GatewayMetrics metrics) : IHostedService
{
    private WebApplication? app;

    /// <summary>The first address it listens on, once it has started.</summary>
    public string? Url => app?.Urls.FirstOrDefault();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // An empty builder, because the API's configuration (such as Kestrel's endpoints) must not apply here.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(
            urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        builder.WebHost.ConfigureKestrel(Transport.Limit);
        builder.Services.AddRoutingCore();
        app = builder.Build();
        app.Use(next => http => Transport.WriteSecurityHeaders(http, next));
        metrics.Map(app);
        await app.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (app is null) return;
        await app.StopAsync(cancellationToken);
        await app.DisposeAsync();
    }
}
