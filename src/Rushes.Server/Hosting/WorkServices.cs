using Rushes.Catalog;
using Rushes.Draft;
using Rushes.Retention;
using Rushes.Server.Metrics;
using Rushes.Server.Settings;
using Rushes.Server.WorkerApi;
using Rushes.Work;

namespace Rushes.Server.Hosting;

internal static class WorkServices
{
    /// <summary>
    /// Workers and engines of this process, what remote workers register with, and what looks after running and ended jobs.
    /// </summary>
    public static IServiceCollection AddWork(this IServiceCollection services, GatewayOptions options, GatewayRoles roles)
    {
        services.AddSingleton(
            new WorkOptions
            {
                Lease = TimeSpan.FromSeconds(options.LeaseSeconds), Drain = TimeSpan.FromSeconds(options.DrainSeconds),
            });
        services.AddSingleton(
            new WarmOptions { MaxJobs = options.WarmJobs, MaxTime = TimeSpan.FromSeconds(options.WarmSeconds) });
        services.AddSingleton<WarmStarts>().AddSingleton<Drains>().AddSingleton<RunOutputs>();
        services.AddSingleton(provider =>
        {
            var source = provider.Make<LocalJobSource>();
            source.LogTo(provider.GetRequiredService<ILogger<LocalJobSource>>());
            return source;
        });
        services.AddSingleton(provider =>
        {
            var lease = provider.GetRequiredService<WorkOptions>().Lease;
            return provider.Make<WorkerRoster>(lease + lease);
        });
        services.AddSingleton(provider =>
        {
            var roster = provider.GetRequiredService<WorkerRoster>();
            return new EngineFaults(() => roster.All.Select(worker => worker.Offer), provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton(provider =>
        {
            var roster = provider.GetRequiredService<WorkerRoster>();
            return new FieldSupport(() => roster.All.Select(worker => worker.Offer));
        });
        services.AddSingleton(provider => EngineChoice.Make(
            options, provider.GetRequiredService<ModelCatalog>(), provider.GetRequiredService<DataFolder>().Scratch,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>(),
            restarts: provider.GetRequiredService<DataFolder>().Restarts));
        services.AddSingleton<WorkerAccess>().AddSingleton<VideoDeliveries>();
        services.AddHostedService<Workforce>();
        if (DatabaseChoice.IsShared(options)) services.AddDuty(provider => provider.Make<ModelExchange>().RunAsync);
        if (roles.Work) services.AddDrafts(options);
        if (roles.Sweep) services.AddSweeping();
        return services;
    }

    private static void AddDrafts(this IServiceCollection services, GatewayOptions options) => services
        .AddSingleton(provider => provider.Make<DraftRunner>(new DraftEngine(), provider.GetRequiredService<DataFolder>().Drafts))
        .AddDuty(provider => stop => provider.GetRequiredService<DraftRunner>().RunAsync(options.Drafts, stop));

    private static void AddSweeping(this IServiceCollection services) => services
        .AddSingleton<Pruner>()
        .AddSingleton<FileSweep>()
        .AddSingleton<FileRecount>()
        .AddSingleton(provider => provider.Make<StoreOwner>(provider.GetRequiredService<DataFolder>().Incoming))
        .AddDuty(provider => provider.Make<Housekeeper>().RunAsync)
        .AddDuty(provider =>
        {
            var sweeper = provider.Make<Sweeper>();
            if (provider.GetService<GatewayMetrics>() is { } metrics) sweeper.LeasesExpired += metrics.LeasesExpired;
            return sweeper.RunAsync;
        });
}
