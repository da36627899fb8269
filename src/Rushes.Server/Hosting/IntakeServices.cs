using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Outbound;
using Rushes.Retention;
using Rushes.Server.Settings;

namespace Rushes.Server.Hosting;

internal static class IntakeServices
{
    /// <summary>Creating and finding jobs: limits, safety, media, drafts.</summary>
    public static IServiceCollection AddIntake(this IServiceCollection services) => services
        .AddSingleton(provider => new OutboundHttp(Addresses(provider.GetRequiredService<GatewayOptions>())))
        .AddSingleton<QueuePlaces>()
        .AddSingleton<StorageQuota>()
        .AddSingleton(provider => provider.Make<PlanLimits>(
            PlanOf(provider), provider.GetRequiredService<GatewayOptions>().FairShare,
            (Func<string, bool>)provider.GetRequiredService<Capacity>().Lacks))
        .AddSingleton(_ => new InspectionSlots())
        .AddSingleton(Inspector)
        .AddSingleton(Safety)
        .AddSingleton(provider => provider.Make<DraftRule>(
            PlanOf(provider), TimeSpan.FromHours(provider.GetRequiredService<GatewayOptions>().ApprovalHours)))
        .AddSingleton(provider => provider.Make<JobIntake>(
            provider.GetRequiredService<DataFolder>().Incoming, provider.GetRequiredService<KeepRules>().Keys))
        .AddSingleton(provider => provider.Make<ResultImages>(provider.GetRequiredService<DataFolder>().Incoming))
        .AddSingleton<JobDesk>();

    private static Func<int, Plan> PlanOf(IServiceProvider provider) => provider.GetRequiredService<AccountDirectory>().PlanOf;

    private static Inspector Inspector(IServiceProvider provider)
    {
        var limits = provider.GetRequiredService<ModelCatalog>().Limits;
        return new Inspector(
            provider.GetRequiredService<InspectionSlots>(),
            new MediaLimits
            {
                MaxImageBytes = limits.MediaBytes, MaxPixels = limits.MediaPixels, MaxSeconds = limits.MediaSeconds,
            });
    }

    private static SafetyCheck Safety(IServiceProvider provider)
    {
        var safety = SafetySettings.Build(
            provider.GetRequiredService<GatewayOptions>(), provider.GetRequiredService<AccountDirectory>(),
            provider.GetRequiredService<InspectionSlots>(), provider.GetRequiredService<DataFolder>().Incoming,
            provider.GetRequiredService<TimeProvider>());
        safety.LogTo(provider.GetRequiredService<ILogger<SafetyCheck>>());
        return safety;
    }

    private static AddressRules Addresses(GatewayOptions options)
    {
        try
        {
            return AddressRules.Parse(options.FetchAllow);
        }
        catch (FormatException error)
        {
            throw new SettingsException(error.Message);
        }
    }
}
