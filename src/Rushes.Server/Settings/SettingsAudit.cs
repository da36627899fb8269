using System.Globalization;
using System.Reflection;
using Rushes.Accounts;

namespace Rushes.Server.Settings;

/// <summary>The audit log entry with the settings of a start.</summary>
internal static class SettingsAudit
{
    public static AuditEntry Of(GatewayOptions options)
    {
        var settings = typeof(GatewayOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(setting => (setting.Name, Shown(setting, options)))
            .ToArray();
        return new AuditEntry(AuditEntry.System, "gateway started", "gateway", Detail.Of(settings));
    }

    private static object? Shown(PropertyInfo setting, GatewayOptions options) => setting.Name switch
    {
        nameof(GatewayOptions.ApiKey) => options.ApiKey is null ? "made" : "set",
        nameof(GatewayOptions.Database) => DatabaseChoice.Show(options),
        // Other keys are secrets too, and the audit log is exported.
        var name when name.EndsWith("Key", StringComparison.Ordinal) || name.EndsWith("Secret", StringComparison.Ordinal) =>
            setting.GetValue(options) is null ? "" : "set",
        _ => Convert.ToString(setting.GetValue(options), CultureInfo.InvariantCulture),
    };
}
