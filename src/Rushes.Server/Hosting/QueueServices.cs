using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Jobs;

namespace Rushes.Server.Hosting;

internal static class QueueServices
{
    /// <summary>Waiting and running jobs in memory, and what is known of them: positions, run times, expected waits.</summary>
    public static IServiceCollection AddQueue(this IServiceCollection services) => services
        .AddSingleton<Doorbell>()
        .AddSingleton(provider =>
        {
            var accounts = provider.GetRequiredService<AccountDirectory>();
            return new RunningBounds(account => accounts.PlanOf(account).MostRunning, () => accounts.HasRunningBounds);
        })
        .AddSingleton<Backlog>()
        .AddSingleton<RunTimes>()
        .AddSingleton<Capacity>()
        .AddSingleton<Forecast>()
        .AddSingleton(provider => new JobIds(provider.GetRequiredService<Stores>().JobIdKey));
}
