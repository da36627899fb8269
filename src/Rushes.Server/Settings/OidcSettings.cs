using Rushes.Accounts;

namespace Rushes.Server.Settings;

/// <summary>How people sign in at an OpenID Connect provider: the checked settings.</summary>
/// <param name="Name">The name of the provider on the button.</param>
/// <param name="Secret">Null for a public client.</param>
/// <param name="Groups">What each group allows. The group <see cref="Everyone"/> is everyone.</param>
internal sealed record OidcSettings(
    Uri Authority, string Name, string ClientId, string? Secret, IReadOnlyList<string> Requested,
    IReadOnlyDictionary<string, Scopes> Groups, string GroupsClaim, string AccountClaim, bool Join)
{
    public const string Everyone = "*";

    private const string OpenId = "openid";

    /// <returns>Null if there is no provider.</returns>
    /// <exception cref="SettingsException">A setting is missing or cannot be used.</exception>
    public static OidcSettings? Of(GatewayOptions options)
    {
        if (options.OidcAuthority is null)
            return options is { OidcClientId: null, OidcClientSecret: null, OidcClientSecretFile: null, OidcGroups: null }
                ? null
                : throw new SettingsException("OidcAuthority is missing; the other Oidc settings need the provider's address.");
        var authority = new Uri(options.OidcAuthority);
        if (authority.Scheme != Uri.UriSchemeHttps && !authority.IsLoopback)
            throw new SettingsException(
                $"OidcAuthority is \"{options.OidcAuthority}\"; it must begin with https://, except on this machine.");
        if (string.IsNullOrWhiteSpace(options.OidcClientId))
            throw new SettingsException("OidcClientId is missing; register the gateway at the provider.");
        var requested = options.OidcScopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new OidcSettings(
            authority, options.OidcName ?? authority.Host, options.OidcClientId, SecretOf(options),
            requested.Contains(OpenId) ? requested : [OpenId, .. requested], GroupsOf(options.OidcGroups),
            options.OidcGroupsClaim, options.OidcAccountClaim, options.OidcJoin);
    }

    /// <summary>What a person with these groups may do.</summary>
    public Scopes ScopesOf(IEnumerable<string> groups) => groups.Where(group => group != Everyone).Append(Everyone)
        .Aggregate(Scopes.None, (all, group) => all | Groups.GetValueOrDefault(group));

    private static string? SecretOf(GatewayOptions options)
    {
        if (options.OidcClientSecretFile is not { } file) return options.OidcClientSecret;
        if (options.OidcClientSecret is not null)
            throw new SettingsException("OidcClientSecret and OidcClientSecretFile are both set; keep one of them.");
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } secret
                ? secret
                : throw new SettingsException($"OidcClientSecretFile: {file} is empty.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"OidcClientSecretFile: {error.Message}");
        }
    }

    private static Dictionary<string, Scopes> GroupsOf(string? text)
    {
        var groups = new Dictionary<string, Scopes>();
        foreach (var entry in (text ?? "").Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Names of groups can contain "=", as in LDAP; scopes cannot.
            var end = entry.LastIndexOf('=');
            if (end < 1) throw new SettingsException($"OidcGroups: \"{entry}\" is not GROUP=SCOPE+SCOPE.");
            var scopes = entry[(end + 1)..].Split('+', StringSplitOptions.TrimEntries)
                .Aggregate(Scopes.None, (all, name) => all | ScopeOf(name));
            if (!groups.TryAdd(entry[..end].Trim(), scopes))
                throw new SettingsException($"OidcGroups has the group \"{entry[..end].Trim()}\" twice.");
        }
        return groups.Count > 0
            ? groups
            : throw new SettingsException(
                "OidcGroups is missing; name the groups that may sign in, such as studio=submit+read, or *=submit+read.");
    }

    /// <summary>Workers are programs, which have keys.</summary>
    private static Scopes ScopeOf(string name) => KeyScopes.Find(name) is { } scope and not Scopes.Worker
        ? scope
        : throw new SettingsException($"OidcGroups: \"{name}\" is not a scope of people; use submit, read or admin.");
}
