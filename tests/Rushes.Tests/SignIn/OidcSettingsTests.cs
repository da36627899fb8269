using Microsoft.Extensions.Configuration;
using Rushes.Accounts;
using Rushes.Server.Settings;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.SignIn;

public sealed class OidcSettingsTests
{
    private static readonly GatewayOptions Good = new()
    {
        OidcAuthority = "https://id.example.com/realms/main", OidcClientId = "rushes",
        OidcGroups = "studio=submit+read, cn=ops=admin + submit + read",
    };

    [Fact]
    public void Groups_give_scopes_together()
    {
        var settings = OidcSettings.Of(Good)!;
        Assert.Equal(("id.example.com", null), (settings.Name, settings.Secret));
        Assert.Equal(Scopes.Submit | Scopes.Read, settings.ScopesOf(["studio", "other"]));
        Assert.Equal(Scopes.Admin | Scopes.Submit | Scopes.Read, settings.ScopesOf(["studio", "cn=ops"]));
        Assert.Equal(Scopes.None, settings.ScopesOf(["Studio", "*"]));
        var open = OidcSettings.Of(Good with { OidcGroups = "*=read,studio=submit" })!;
        Assert.Equal(Scopes.Read, open.ScopesOf([]));
        Assert.Equal(Scopes.Submit | Scopes.Read, open.ScopesOf(["studio"]));
        Assert.Null(OidcSettings.Of(new GatewayOptions()));
    }

    [Fact]
    public void The_secret_can_be_in_a_file()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["secret"], "hidden\n");
        Assert.Equal("hidden", OidcSettings.Of(Good with { OidcClientSecretFile = folder["secret"] })!.Secret);
        Assert.Contains("both", Fault(Good with { OidcClientSecretFile = folder["secret"], OidcClientSecret = "x" }));
        Assert.Contains("none", Fault(Good with { OidcClientSecretFile = folder["none"] }));
    }

    [Fact]
    public void What_cannot_be_used_is_named()
    {
        Assert.Contains("https://", Fault(Good with { OidcAuthority = "http://id.example.com" }));
        Assert.Contains("OidcClientId", Fault(Good with { OidcClientId = null }));
        Assert.Contains("OidcGroups is missing", Fault(Good with { OidcGroups = null }));
        Assert.Contains("\"studio\"", Fault(Good with { OidcGroups = "studio" }));
        Assert.Contains("\"write\"", Fault(Good with { OidcGroups = "studio=write" }));
        Assert.Contains("\"worker\"", Fault(Good with { OidcGroups = "studio=worker" }));
        Assert.Contains("twice", Fault(Good with { OidcGroups = "a=read,a=submit" }));
        Assert.Contains("OidcAuthority", Fault(Good with { OidcAuthority = null }));
    }

    [Fact]
    public void The_settings_of_the_documentation_are_accepted()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["secret"], "hidden");
        var lines = File.ReadLines(Path.Combine(RoomTests.Root(), "docs/operate/sign-in.md"))
            .Where(line => line.StartsWith("RUSHES_", StringComparison.Ordinal)).Select(line => line.Split('=', 2))
            .ToDictionary(
                parts => parts[0],
                parts => parts[1].Replace("/etc/rushes/oidc-secret", folder["secret"], StringComparison.Ordinal));
        var options = SettingsReader.Read([], lines, new ConfigurationBuilder().Build());
        var settings = OidcSettings.Of(options)!;
        Assert.Equal(("Example", "rushes", "hidden"), (settings.Name, settings.ClientId, settings.Secret));
        Assert.Equal(("team", true), (settings.AccountClaim, settings.Join));
        Assert.Equal(["studio", "operators"], settings.Groups.Keys);
    }

    private static string Fault(GatewayOptions options) =>
        Assert.Throws<SettingsException>(() => OidcSettings.Of(options)).Message;
}
