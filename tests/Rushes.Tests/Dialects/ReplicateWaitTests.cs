using Microsoft.AspNetCore.Http;
using Rushes.Server.Dialects.Replicate;
using Xunit;

namespace Rushes.Tests.Dialects;

public sealed class ReplicateWaitTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("respond-async", null)]
    [InlineData("wait", 60)]
    [InlineData("wait=0", 1)]
    [InlineData("wait=5", 5)]
    [InlineData("respond-async, wait=7", 7)]
    [InlineData("wait=60", 60)]
    [InlineData("wait=61", 60)]
    [InlineData("wait=soon", null)]
    public void A_create_call_waits_the_seconds_of_Prefer_and_a_minute_at_most(string? sent, int? seconds)
    {
        var request = new DefaultHttpContext().Request;
        if (sent is not null) request.Headers["Prefer"] = sent;
        Assert.Equal(seconds, ReplicateWait.Of(request)?.TotalSeconds);
    }
}
