namespace Rushes.Server.Hosting;

/// <summary>What the library does for as long as the host runs.</summary>
internal sealed class Duty(Func<CancellationToken, Task> run) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => run(stoppingToken);
}

internal static class Duties
{
    /// <summary>As many as there are: the host's own way to add a service takes one of each type.</summary>
    public static IServiceCollection AddDuty(this IServiceCollection services, Func<IServiceProvider, Func<CancellationToken, Task>> make) =>
        services.AddSingleton<IHostedService>(provider => new Duty(make(provider)));
}
