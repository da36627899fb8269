using System.Collections;
using Microsoft.Extensions.Configuration;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Settings;

public sealed class SettingsTests
{
    [Fact]
    public void Flags_count_before_the_environment_and_that_before_files()
    {
        var options = Read(
            flags: new() { ["workers"] = "4" },
            environment: new()
            {
                ["RUSHES_WORKERS"] = "3", ["RUSHES_LEASE_SECONDS"] = "60", ["RUSHES_URL"] = "of the client", ["PATH"] = "/bin",
            },
            file: new() { ["Rushes:Workers"] = "2", ["Rushes:LeaseSeconds"] = "50", ["Rushes:Bucket"] = "mine" });
        Assert.Equal((4, 60, "mine"), (options.Workers, options.LeaseSeconds, options.Bucket));
    }

    [Theory]
    [InlineData("workers", "65", "Workers")]
    [InlineData("workers", "many", "Workers")]
    [InlineData("api-key", "short", "ApiKey")]
    [InlineData("bucket", "No Good", "Bucket")]
    [InlineData("public-url", "nowhere", "PublicUrl")]
    [InlineData("keep-strays-hours", "12", "KeepStraysHours")]
    [InlineData("keep-inputs-days", "-1", "KeepInputsDays")]
    public void A_bad_one_is_named(string flag, string value, string named) =>
        Assert.Contains(
            named, Assert.Throws<SettingsException>(() => Read(new() { [flag] = value }, [], [])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_unknown_one_is_met_with_a_guess()
    {
        var error = Assert.Throws<SettingsException>(() => Read([], new() { ["RUSHES_WORKRES"] = "2" }, []));
        Assert.Contains("RUSHES_WORKRES", error.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean Workers?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_audit_keeps_no_key()
    {
        var entry = SettingsAudit.Of(
            new GatewayOptions { ApiKey = "secret-1", ModerationKey = "secret-2", StorageAccessKey = "secret-3",
                StorageSecretKey = "secret-4" });
        Assert.DoesNotContain("secret", entry.ToString(), StringComparison.Ordinal);
    }

    private static GatewayOptions Read(
        Dictionary<string, string> flags, Hashtable environment, Dictionary<string, string?> file) =>
        SettingsReader.Read(flags, environment, new ConfigurationBuilder().AddInMemoryCollection(file).Build());
}
