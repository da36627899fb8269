using Rushes.Catalog;
using Rushes.Outbound;
using Rushes.Server.Dialects.Fal;
using Rushes.Server.Dialects.Kie;
using Rushes.Server.Dialects.Mcp;
using Rushes.Server.Dialects.OpenAi;
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
        .AddSingleton<UploadLinks>()
        .AddSingleton<Uploads>()
        .AddSingleton<MultipartUpload>()
        .AddSingleton<JobWatch>()
        .AddSingleton<StatusStream>()
        .AddSingleton(provider => provider.Make<KieMap>(options.KieFiveStates))
        .AddSingleton<PixazoMap>()
        .AddSingleton(provider => Models(provider.GetRequiredService<ModelCatalog>(), options))
        .AddSingleton<OpenAiMap>()
        .AddSingleton(provider => ReplicateNames(provider.GetRequiredService<ModelCatalog>(), options))
        .AddSingleton<ReplicateMap>()
        .AddSingleton<ReplicateWait>()
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

    private static ReplicateModels ReplicateNames(ModelCatalog catalog, GatewayOptions options)
    {
        try
        {
            return new ReplicateModels(catalog, options.ReplicateModels);
        }
        catch (FormatException error)
        {
            throw new SettingsException(error.Message);
        }
    }

    private static OpenAiModels Models(ModelCatalog catalog, GatewayOptions options)
    {
        try
        {
            return new OpenAiModels(catalog, options.OpenaiModels);
        }
        catch (FormatException error)
        {
            throw new SettingsException(error.Message);
        }
    }

    private static string Listening(IServiceProvider provider) =>
        provider.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
