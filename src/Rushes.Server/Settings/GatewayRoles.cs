namespace Rushes.Server.Settings;

/// <summary>What a gateway does, of what gateways that share a database may divide among them.</summary>
/// <param name="Api">Answers requests: of clients, remote workers and operators. Health it tells without.</param>
/// <param name="Work">Runs the workers inside the process, and makes drafts.</param>
/// <param name="Sweep">Takes jobs back from workers that went silent.</param>
/// <param name="Webhooks">Delivers callbacks.</param>
internal sealed record GatewayRoles(bool Api, bool Work, bool Sweep, bool Webhooks)
{
    /// <exception cref="SettingsException">It cannot do this so.</exception>
    public static GatewayRoles Of(GatewayOptions options)
    {
        var named = options.Roles.Split(',', StringSplitOptions.TrimEntries);
        var roles = new GatewayRoles(named.Contains("api"), named.Contains("work"), named.Contains("sweep"), named.Contains("webhooks"));
        if (roles is { Webhooks: true, Api: false } && options.PublicUrl is null)
            throw new SettingsException("Roles: webhooks without api needs PublicUrl, the address that links in callbacks begin with.");
        return roles;
    }
}
