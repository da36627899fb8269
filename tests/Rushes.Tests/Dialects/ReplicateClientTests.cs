using Rushes.Server.Settings;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Replicate's own client.</summary>
public sealed class ReplicateClientTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private static readonly GatewayOptions Options =
        new() { ReplicateModels = "acme/moving-pictures=wan22-fast-t2v+wan22-fast-i2v" };

    public static TheoryData<string> Scripts() => ClientScripts.In("replicate");

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task It_works_with_only_its_address_and_key_changed(string script) =>
        ClientScripts.RunAsync("replicate", script, media, Options);
}
