using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rushes.Client;

/// <summary>The client in programs with dependency injection.</summary>
public static class RushesServices
{
    /// <summary>
    /// Adds <see cref="RushesClient"/>, one for all, which sends by a client of <see cref="IHttpClientFactory"/>: what is returned
    /// adds handlers to it.
    /// </summary>
    /// <param name="configure">Sets what is not to come from <c>RUSHES_URL</c> and <c>RUSHES_API_KEY</c>.</param>
    public static IHttpClientBuilder AddRushes(this IServiceCollection services, Action<RushesClientOptions>? configure = null)
    {
        var options = services.AddOptions<RushesClientOptions>();
        if (configure is not null) options.Configure(configure);
        services.AddSingleton(provider => new RushesClient(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(Rushes)), provider.GetRequiredService<IOptions<RushesClientOptions>>().Value));
        // Connections end by themselves, so the one client may live as long as the program.
        return services.AddHttpClient(nameof(Rushes), http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(RushesClient.NewHandler)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
    }
}
