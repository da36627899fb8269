using Rushes.Catalog;
using Rushes.Server.Settings;

namespace Rushes.Server.Hosting;

internal static class StoreServices
{
    /// <summary>Settings, catalog and clock; the database and the file store, which <see cref="Stores.OpenAsync"/> opens.</summary>
    public static IServiceCollection AddStores(this IServiceCollection services, GatewayOptions options, DataFolder data) => services
        .AddSingleton(options)
        .AddSingleton(data)
        .AddSingleton(GatewayRoles.Of(options))
        .AddSingleton(KeepSettings.Of(options))
        .AddSingleton(CatalogReader.Read(options.Catalog ?? data.CatalogFile))
        .AddSingleton(DatabaseChoice.Clock(options))
        .AddSingleton<Stores>()
        .AddSingleton(provider => provider.GetRequiredService<Stores>().Database)
        .AddSingleton(provider => provider.GetRequiredService<Stores>().Files)
        .AddSingleton(provider => provider.GetRequiredService<Stores>().Signatures);
}
