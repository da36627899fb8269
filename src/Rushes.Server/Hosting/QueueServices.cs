using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Settings;

namespace Rushes.Server.Hosting;

internal static class QueueServices
{
    /// <summary>Waiting and running jobs in memory, and what is known of them: positions, run times, expected waits.</summary>
    public static IServiceCollection AddQueue(this IServiceCollection services, GatewayOptions options) => services
        .AddSingleton<Doorbell>()
        .AddSingleton(provider =>
        {
            var accounts = provider.GetRequiredService<AccountDirectory>();
            return new ConcurrencyLimits(account => accounts.PlanOf(account).MaxRunning, () => accounts.HasConcurrencyLimits);
        })
        .AddSingleton<Backlog>()
        .AddSingleton<RunTimes>()
        .AddSingleton<RecentEnds>()
        .AddSingleton(provider => new Capacity(
            provider.GetRequiredService<TimeProvider>(), knowsAll: !DatabaseChoice.IsShared(options)))
        .AddSingleton<Forecast>()
        .AddSingleton(provider => new JobIds(provider.GetRequiredService<Stores>().JobIdKey));
}
