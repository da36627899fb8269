using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Server.Auth;
using Rushes.Server.Console;

namespace Rushes.Server.Hosting;

internal static class AccountServices
{
    /// <summary>Who may call: accounts, keys and console sessions in memory, and what each request passes first.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services) => services
        .AddSingleton(provider => new AccountBook(provider.GetRequiredService<ModelCatalog>().Plans))
        .AddSingleton<KeyRing>()
        .AddSingleton<FailedKeys>()
        .AddSingleton<Door>()
        .AddSingleton(provider => new RateLimits(provider.GetRequiredService<AccountBook>().PlanOf, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new ConsoleSession(
            provider.GetRequiredService<Stores>().SessionKey, provider.GetRequiredService<TimeProvider>()))
        .AddHostedService<KeyUse>();
}
