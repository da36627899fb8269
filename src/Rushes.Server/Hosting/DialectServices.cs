using Rushes.Catalog;
using Rushes.Outbound;
using Rushes.Server.Dialects.Fal;
using Rushes.Server.Dialects.Kie;
using Rushes.Server.Dialects.Mcp;
using Rushes.Server.Dialects.OpenAi;
using Rushes.Server.Dialects.OpenRouter;
using Rushes.Server.Dialects.Pixazo;
using Rushes.Server.Dialects.Queue;
using Rushes.Server.Dialects.Replicate;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;
using Rushes.Server.Metrics;
using Rushes.Server.Settings;
using Rushes.Server.Transfers;
using Rushes.Webhooks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Rushes.Server.Hosting;

internal static class DialectServices
{
    /// <summary>What the APIs share, and what each of them needs; each maps its own routes.</summary>
    public static IServiceCollection AddDialects(this IServiceCollection services, GatewayOptions options) => services
        .AddSingleton(provider => new Origin(options, () => Listening(provider)))
        .AddSingleton<BodyReader>()
        .AddSingleton<ResultLinks>()
        .AddSingleton<JobReader>()
        .AddSingleton<ResultImageFiles>()
        .AddSingleton<UploadLinks>()
        .AddSingleton<Uploads>()
        .AddSingleton<MultipartUpload>()
        .AddSingleton<JobWatch>()
        .AddSingleton<StatusStream>()
        .AddSingleton(provider => provider.Make<KieMap>(options.KieFiveStates))
        .AddSingleton<PixazoMap>()
        .AddSingleton(Named(catalog => new OpenAiModels(catalog, options.OpenaiModels)))
        .AddSingleton<OpenAiMap>()
        .AddSingleton(Named(catalog => new ReplicateModels(catalog, options.ReplicateModels)))
        .AddSingleton<ReplicateMap>()
        .AddSingleton<ReplicateWait>()
        .AddSingleton<ReplicateSearches>()
        .AddSingleton<ReplicateLookups>()
        .AddSingleton(Named(catalog => new OpenRouterModelList(catalog, options.OpenrouterModels)))
        .AddSingleton<OpenRouterMap>()
        .AddSingleton<OpenAiFiles>()
        .AddSingleton<OpenAiContent>()
        .AddSingleton<OpenAiEdit>()
        .AddSingleton<FalUploads>()
        .AddSingleton<FalDialect>()
        .AddSingleton<QueueListing>()
        .AddMcp();

    /// <summary>Callbacks in each API's form, from the outbox.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, GatewayRoles roles)
    {
        services.AddSingleton<IWebhookForm, QueueWebhook>();
        services.AddSingleton<IWebhookForm, KieWebhook>();
        services.AddSingleton<IWebhookForm, OpenAiWebhook>();
        services.AddSingleton<IWebhookForm, ReplicateWebhook>();
        services.AddSingleton<IWebhookForm, OpenRouterWebhook>();
        services.AddSingleton(provider => provider.GetRequiredService<FalDialect>().Webhook);
        if (roles.Webhooks) services.AddDuty(Deliver);
        return services;
    }

    private static Func<CancellationToken, Task> Deliver(IServiceProvider provider)
    {
        var deliverer = provider.Make<Deliverer>(provider.GetRequiredService<OutboundHttp>().Client, new DeliveryOptions());
        if (provider.GetService<GatewayMetrics>() is { } metrics) deliverer.Tried += metrics.WebhookTried;
        return deliverer.RunAsync;
    }

    /// <summary>The models of an API, with the names that a setting gives them.</summary>
    private static Func<IServiceProvider, T> Named<T>(Func<ModelCatalog, T> read) => provider =>
    {
        try
        {
            return read(provider.GetRequiredService<ModelCatalog>());
        }
        catch (FormatException error)
        {
            throw new SettingsException(error.Message);
        }
    };

    private static string Listening(IServiceProvider provider) =>
        provider.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
