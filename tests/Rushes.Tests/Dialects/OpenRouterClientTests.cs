using Rushes.Server.Settings;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>OpenRouter's own client.</summary>
public sealed class OpenRouterClientTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private static readonly GatewayOptions Options =
        new() { OpenrouterModels = "acme/moving-pictures=wan22-fast-t2v+wan22-fast-i2v" };

    public static TheoryData<string> Scripts() => ClientScripts.In("openrouter");

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task It_works_with_only_its_address_and_key_changed(string script) =>
        ClientScripts.RunAsync("openrouter", script, media, Options);
}
