using System.Text.Json;
using Rushes.Engines.VideoServer;
using Xunit;

namespace Rushes.Tests.Engines.VideoServer;

public sealed class ServerJobTests
{
    /// <summary>Servers in Python write file names that are not UTF-8 so.</summary>
    [Fact]
    public void Half_of_a_surrogate_pair_is_replaced()
    {
        foreach (var json in new[] { """{"error": "no \ud800"}""", """{"error": {"message": "no \ud800"}}""" })
        {
            var job = new ServerJob(JsonElement.Parse(json));
            Assert.True(job.IsFailed);
            Assert.Equal("no \ufffd", job.Reason);
        }
        Assert.Equal("\ufffd", new ServerJob(JsonElement.Parse("""{"data": [{"url": "\ud800"}]}""")).Url);
    }
}
