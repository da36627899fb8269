using Rushes.Server.Settings;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>OpenAI's own client.</summary>
public sealed class OpenAiClientTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private static readonly GatewayOptions Options = new()
    {
        KeepOutputsDays = 1, OpenaiModels = "sora-2=wan22-fast-t2v+wan22-fast-i2v",
    };

    public static TheoryData<string> Scripts() => ClientScripts.In("openai");

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task It_works_with_only_its_address_and_key_changed(string script) =>
        ClientScripts.RunAsync("openai", script, media, Options);

    /// <summary>The package cannot be installed everywhere; this program sends the same.</summary>
    [Fact]
    public Task A_Python_program_works_that_sends_what_the_Python_package_sends() =>
        ClientScripts.RunAsync("openai", "program.py", media, Options);
}
