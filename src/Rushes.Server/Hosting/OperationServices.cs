using Rushes.Server.Health;
using Rushes.Server.Metrics;
using Rushes.Server.Otlp;
using Rushes.Server.Settings;

namespace Rushes.Server.Hosting;

internal static class OperationServices
{
    /// <summary>Checks, metrics and traces.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton<TrialRuns>();
        // Clocks are compared by this machine's own, whatever clock the database goes by.
        services.AddSingleton(provider => provider.Make<GatewayChecks>(TimeProvider.System));
        services.AddSingleton<CheckupEndpoints>();
        if (options.Metrics != "off")
            services.AddSingleton<MetricSet>().AddSingleton<QueueMetrics>().AddSingleton<GatewayMetrics>();
        if (options.Metrics == "open")
            services.AddSingleton(provider => provider.Make<MetricsListener>(options.MetricsUrls))
                .AddHostedService(provider => provider.GetRequiredService<MetricsListener>());
        if (options.Otlp is { } collector)
            services.AddSingleton(provider => OtlpExport.Start(
                collector, options.TraceRatio, options.Metrics == "otlp" ? provider.GetRequiredService<MetricSet>() : null,
                "rushes", provider.GetRequiredService<DataFolder>().Node,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<OtlpExport>>()));
        return services;
    }
}
