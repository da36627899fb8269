using Rushes.Catalog;
using Rushes.Database;
using Rushes.Server.Settings;

namespace Rushes.Server.Hosting;

internal static class StoreServices
{
    /// <summary>
    /// Settings, catalog and clock; the database and the file store, which <see cref="Stores.OpenAsync"/> opens.
    /// </summary>
    public static IServiceCollection AddStores(this IServiceCollection services, GatewayOptions options, DataFolder data) =>
        services
        .AddSingleton(options)
        .AddSingleton(data)
        .AddSingleton(GatewayRoles.Of(options))
        .AddSingleton(KeepSettings.Of(options))
        .AddSingleton(CatalogReader.Read(options.Catalog ?? data.CatalogFile))
        .AddSingleton(DatabaseChoice.Clock(options))
        .AddSingleton<Stores>()
        .AddSingleton(provider => provider.GetRequiredService<Stores>().Database)
        .AddDatabaseRoles()
        .AddSingleton(provider => provider.GetRequiredService<Stores>().Files)
        .AddSingleton(provider => provider.GetRequiredService<Stores>().Signatures);

    private static IServiceCollection AddDatabaseRoles(this IServiceCollection services)
    {
        return services
            .AddSingleton(provider => Database(provider).Jobs)
            .AddSingleton(provider => Database(provider).Leases)
            .AddSingleton(provider => Database(provider).Drafts)
            .AddSingleton(provider => Database(provider).Deliveries)
            .AddSingleton(provider => Database(provider).Accounts)
            .AddSingleton(provider => Database(provider).Keys)
            .AddSingleton(provider => Database(provider).Sessions)
            .AddSingleton(provider => Database(provider).Ledger)
            .AddSingleton(provider => Database(provider).Audit)
            .AddSingleton(provider => Database(provider).Lists)
            .AddSingleton(provider => Database(provider).Retention)
            .AddSingleton(provider => Database(provider).FileCounts)
            .AddSingleton(provider => Database(provider).ModelOffers)
            .AddSingleton(provider => Database(provider).Library)
            .AddSingleton(provider => Database(provider).Reports)
            .AddSingleton(provider => Database(provider).Usage)
            .AddSingleton(provider => Database(provider).Followers);

        static IDatabase Database(IServiceProvider provider) => provider.GetRequiredService<IDatabase>();
    }
}
