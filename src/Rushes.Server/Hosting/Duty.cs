namespace Rushes.Server.Hosting;

/// <summary>A background task of the library that runs as long as the host.</summary>
internal sealed class Duty(Func<CancellationToken, Task> run) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => run(stoppingToken);
}

internal static class Duties
{
    /// <summary>Registers several instances of the same type, which AddHostedService does not support.</summary>
    public static IServiceCollection AddDuty(
        this IServiceCollection services, Func<IServiceProvider, Func<CancellationToken, Task>> make) =>
        services.AddSingleton<IHostedService>(provider => new Duty(make(provider)));
}
