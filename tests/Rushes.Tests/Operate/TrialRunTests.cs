using Rushes.Catalog;
using Rushes.Server.Health;
using Xunit;

namespace Rushes.Tests.Operate;

public sealed class TrialRunTests
{
    [Fact]
    public void A_test_job_has_the_smallest_size_of_its_model()
    {
        var own = CatalogSource.Parse("mine.json", """
            {
              "families": { "mine": {
                "like": "wan22-fast-t2v", "sizes": ["832x480", "320x240", "480x832"], "models": { "mine": { "tier": "base" } }
              } }
            }
            """u8.ToArray());
        var request = TrialRuns.SmallestOf(CatalogReader.Build([CatalogSource.BuiltIn(), own]).Find("mine")!);

        Assert.Equal((320, 240), (request.GetProperty("width").GetInt32(), request.GetProperty("height").GetInt32()));
    }
}
