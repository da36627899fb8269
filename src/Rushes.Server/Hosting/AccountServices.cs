using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Server.Auth;
using Rushes.Server.Settings;

namespace Rushes.Server.Hosting;

internal static class AccountServices
{
    /// <summary>Accounts, API keys, console sessions and request limits.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services) => services
        .AddSingleton(provider => new AccountDirectory(provider.GetRequiredService<ModelCatalog>().Plans))
        .AddSingleton<KeyRing>()
        .AddSingleton<KeyGuard>()
        .AddSingleton<CallRates>()
        .AddSingleton<ConsoleSessions>()
        .AddSingleton<SignInCodes>()
        .AddSingleton(provider => provider.Make<OpenCalls>(provider.GetRequiredService<GatewayOptions>().StreamsPerAccount))
        .AddSingleton<AccessControl>()
        .AddSingleton(
            provider => new RateLimits(
                provider.GetRequiredService<AccountDirectory>().PlanOf, provider.GetRequiredService<TimeProvider>()))
        .AddHostedService<KeyUse>();
}
