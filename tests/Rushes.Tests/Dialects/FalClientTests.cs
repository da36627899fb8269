using Rushes.Server.Settings;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>fal's own client.</summary>
public sealed class FalClientTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    public static TheoryData<string> Scripts() => ClientScripts.In("fal");

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task It_works_with_only_its_address_and_key_changed(string script) =>
        ClientScripts.RunAsync("fal", script, media, new GatewayOptions(), workers: 1);
}
