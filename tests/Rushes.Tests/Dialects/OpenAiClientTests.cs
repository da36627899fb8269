using Rushes.Server.Settings;
using Rushes.Tests.Rules;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>OpenAI's own client, from npm, against a whole gateway. ./test installs it.</summary>
public sealed class OpenAiClientTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private static readonly string Folder = Path.Combine(RoomTests.Root(), "tests", "clients", "openai");

    public static TheoryData<string> Scripts() =>
    [
        .. Directory.EnumerateFiles(Folder, "*.mjs").Select(path => Path.GetFileName(path))
            .Where(name => name != "client.mjs").Order(),
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task It_works_with_only_its_address_and_key_changed(string script)
    {
        Assert.True(Directory.Exists(Path.Combine(Folder, "node_modules")), $"run \"npm ci\" in {Folder}, or ./test, which does");
        await RunAsync("node", script);
    }

    /// <summary>The package cannot be installed everywhere; this program sends the same.</summary>
    [Fact]
    public Task A_Python_program_works_that_sends_what_the_Python_package_sends() => RunAsync("python3", "program.py");

    private async Task RunAsync(string program, string script)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["picture.jpg"], Convert.FromBase64String(media.Base64["picture"]), cancel);
        // Webhooks of the test go to this machine.
        var options = new GatewayOptions
        {
            FetchAllow = "127.0.0.0/8", KeepOutputsDays = 1, OpenaiModels = "sora-2=wan22-fast-t2v+wan22-fast-i2v",
        };
        await using var gateway = await TestGateway.StartAsync(workers: 2, cancel, options: options);

        var exit = await Tool.RunAsync(
            program, [Path.Combine(Folder, script), gateway.Origin, TestGateway.Key, folder["picture.jpg"]], cancel);
        Assert.True(exit.Ok, exit.Errors);
    }
}
