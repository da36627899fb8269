using Rushes.Server.Settings;
using Rushes.Tests.Rules;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>fal's own client, from npm, against a whole gateway. ./test installs it.</summary>
public sealed class FalClientTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private static readonly string Folder = Path.Combine(RoomTests.Root(), "tests", "clients", "fal");

    public static TheoryData<string> Scripts() =>
        [.. Directory.EnumerateFiles(Folder, "*.mjs").Select(path => Path.GetFileName(path))
            .Where(name => name != "client.mjs").Order()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task It_works_with_only_its_host_and_key_changed(string script)
    {
        var cancel = TestContext.Current.CancellationToken;
        Assert.True(Directory.Exists(Path.Combine(Folder, "node_modules")), $"run \"npm ci\" in {Folder}, or ./test, which does");
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["picture.jpg"], Convert.FromBase64String(media.Base64["picture"]), cancel);
        // Webhooks of the test go to this machine; late starts are noticed within a second.
        var options = new GatewayOptions { FetchAllow = "127.0.0.0/8", LeaseSeconds = 5 };
        await using var gateway = await TestGateway.StartAsync(workers: 1, cancel, options: options);

        var exit = await Tool.RunAsync(
            "node", [Path.Combine(Folder, script), gateway.Origin, TestGateway.Key, folder["picture.jpg"]], cancel);
        Assert.True(exit.Ok, exit.Errors);
    }
}
