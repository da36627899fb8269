using Rushes.Retention;

namespace Rushes.Server.Settings;

/// <summary>The retention settings.</summary>
internal static class KeepSettings
{
    public static KeepRules Of(GatewayOptions options) => new()
    {
        Jobs = Days(options.KeepJobsDays),
        Outputs = Days(options.KeepOutputsDays),
        Inputs = Days(options.KeepInputsDays),
        Uploads = Days(options.KeepUploadsDays),
        Deliveries = Days(options.KeepDeliveriesDays),
        Keys = TimeSpan.FromHours(options.IdempotencyHours),
        Strays = options.KeepStraysHours == 0 ? null : TimeSpan.FromHours(options.KeepStraysHours),
    };

    private static TimeSpan? Days(int days) => days == 0 ? null : TimeSpan.FromDays(days);
}
