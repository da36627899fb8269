using Rushes.Server.Admin;
using Rushes.Server.Console;
using Rushes.Server.Settings;

namespace Rushes.Server.Hosting;

internal static class ConsoleServices
{
    /// <summary>Registers the web console: its files and endpoints.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services, GatewayOptions options) => services
        .AddSingleton(new ConsoleFiles(options.ConsoleFiles))
        .AddSingleton<SessionEndpoints>()
        .AddSingleton<CatalogEndpoints>()
        .AddSingleton<JobLines>()
        .AddSingleton<UsageEndpoints>()
        .AddSingleton(provider => new ShareLinks(
            provider.GetRequiredService<Stores>().ShareKey, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<LastHour>()
        .AddHostedService(provider => provider.GetRequiredService<LastHour>());
}
