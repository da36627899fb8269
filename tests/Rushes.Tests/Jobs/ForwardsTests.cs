using System.Text.Json;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Jobs;

public sealed class ForwardsTests
{
    /// <summary>A lower number would let a job go round between gateways for longer.</summary>
    [Theory]
    [InlineData("""{"prompt": "a boat"}""", 0)]
    [InlineData("""{"forwards": 3}""", 3)]
    [InlineData("""{"forwards": "3"}""", 3)]
    [InlineData("""{"forwards": -2147483648}""", 0)]
    [InlineData("""{"forwards": "-7"}""", 0)]
    [InlineData("""{"forwards": 1e99}""", 0)]
    public void A_client_cannot_begin_below_zero(string fields, int expected) =>
        Assert.Equal(expected, Forwards.Of(JsonElement.Parse(fields)));
}
