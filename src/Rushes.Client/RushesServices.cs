using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rushes.Client;

/// <summary>Registers the client for dependency injection.</summary>
public static class RushesServices
{
    /// <summary>
    /// Adds a singleton <see cref="RushesClient"/> that uses <see cref="IHttpClientFactory"/>. Use the returned builder to add
    /// message handlers.
    /// </summary>
    /// <param name="configure">Overrides <c>RUSHES_URL</c> and <c>RUSHES_API_KEY</c>.</param>
    public static IHttpClientBuilder AddRushes(this IServiceCollection services, Action<RushesClientOptions>? configure = null)
    {
        var options = services.AddOptions<RushesClientOptions>();
        if (configure is not null) options.Configure(configure);
        services.AddSingleton(provider => new RushesClient(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(Rushes)),
            provider.GetRequiredService<IOptions<RushesClientOptions>>().Value));
        // The handler limits the lifetime of connections, so the client can be a singleton.
        return services.AddHttpClient(nameof(Rushes), http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(RushesClient.NewHandler)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
    }
}
