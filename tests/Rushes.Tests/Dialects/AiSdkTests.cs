using Rushes.Server.Settings;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>The AI SDK, with its packages for Replicate and fal.</summary>
public sealed class AiSdkTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    private static readonly GatewayOptions Options =
        new() { ReplicateModels = "acme/moving-pictures=wan22-fast-t2v+wan22-fast-i2v" };

    public static TheoryData<string> Scripts() => ClientScripts.In("ai");

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task It_makes_videos_through_the_gateway(string script) => ClientScripts.RunAsync("ai", script, media, Options);
}
