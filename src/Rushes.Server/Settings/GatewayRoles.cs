namespace Rushes.Server.Settings;

/// <summary>The roles of a gateway, which gateways that share a database can divide among them.</summary>
/// <param name="Api">Serves clients, remote workers and operators. Health checks are served without it too.</param>
/// <param name="Work">Runs the built-in workers, and makes drafts.</param>
/// <param name="Sweep">Ends what is overdue: leases, deadlines, and rows and files past their retention.</param>
/// <param name="Webhooks">Delivers webhooks.</param>
internal sealed record GatewayRoles(bool Api, bool Work, bool Sweep, bool Webhooks)
{
    /// <exception cref="SettingsException">The roles and the other settings do not match.</exception>
    public static GatewayRoles Of(GatewayOptions options)
    {
        var named = options.Roles.Split(',', StringSplitOptions.TrimEntries);
        var roles = new GatewayRoles(
            named.Contains("api"), named.Contains("work"), named.Contains("sweep"), named.Contains("webhooks"));
        if (roles is { Webhooks: true, Api: false } && options.PublicUrl is null)
            throw new SettingsException("Roles: webhooks without api needs PublicUrl, the base of URLs in webhooks.");
        return roles;
    }
}
