using Rushes.Server.Settings;
using Rushes.Tests.Rules;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>
/// Programs that use a vendor's own client, unmodified, against a whole gateway. ./test installs the clients from npm.
/// </summary>
internal static class ClientScripts
{
    /// <summary>All programs of a folder of tests/clients. Its <c>client.mjs</c> is what they share.</summary>
    public static TheoryData<string> In(string folder) =>
    [
        .. Directory.EnumerateFiles(PathOf(folder), "*.mjs").Select(path => Path.GetFileName(path))
            .Where(name => name != "client.mjs").Order(),
    ];

    /// <summary>Runs a program with the gateway's address, its key, a picture and a sound.</summary>
    public static async Task RunAsync(string folder, string script, ScenarioMedia media, GatewayOptions options, int workers = 2)
    {
        var cancel = TestContext.Current.CancellationToken;
        var path = PathOf(folder);
        var isPython = script.EndsWith(".py", StringComparison.Ordinal);
        Assert.True(
            isPython || Directory.Exists(Path.Combine(path, "node_modules")), $"run \"npm ci\" in {path}, or ./test, which does");
        using var files = new TempFolder();
        await File.WriteAllBytesAsync(files["picture.jpg"], Convert.FromBase64String(media.Base64["picture"]), cancel);
        // Webhooks of the test go to this machine.
        await using var gateway = await TestGateway.StartAsync(
            workers, cancel, options: options with { FetchAllow = "127.0.0.0/8" });

        var exit = await Tool.RunAsync(
            isPython ? "python3" : "node", [Path.Combine(path, script), gateway.Origin, TestGateway.Key, files["picture.jpg"]],
            cancel);
        Assert.True(exit.Ok, exit.Errors);
    }

    private static string PathOf(string folder) => Path.Combine(RoomTests.Root(), "tests", "clients", folder);
}
