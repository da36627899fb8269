using System.Globalization;
using System.Reflection;
using Rushes.Accounts;

namespace Rushes.Server.Settings;

/// <summary>The settings a gateway started with, as the audit keeps them.</summary>
internal static class SettingsAudit
{
    public static AuditEntry Of(GatewayOptions options)
    {
        var settings = typeof(GatewayOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(setting => (setting.Name, Shown(setting, options)))
            .ToArray();
        return new AuditEntry(AuditEntry.System, "gateway started", "gateway", Detail.Of(settings));
    }

    private static object? Shown(PropertyInfo setting, GatewayOptions options) =>
        setting.Name == nameof(GatewayOptions.ApiKey) ? options.ApiKey is null ? "made" : "set"
        // Whatever else is called a key is one; the audit is exported and read by others.
        : setting.Name.EndsWith("Key", StringComparison.Ordinal) ? setting.GetValue(options) is null ? null : "set"
        : Convert.ToString(setting.GetValue(options), CultureInfo.InvariantCulture);
}
