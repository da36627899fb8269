using Rushes.Cli;
using Xunit;

namespace Rushes.Tests.Cli;

public sealed class ClockTests
{
    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(59.6, "1:00")]
    [InlineData(754, "12:34")]
    [InlineData(3599.4, "59:59")]
    [InlineData(3599.6, "1:00:00")]
    [InlineData(45_296, "12:34:56")]
    [InlineData(86_399.6, "1.00:00:00")]
    public void A_length_of_time_is_rounded_before_its_form_is_chosen(double seconds, string text) =>
        Assert.Equal(text, JobRows.Clock(seconds));
}
