using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Jobs;

public sealed class PublicTextTests
{
    [Theory]
    [InlineData("connection to gpu-1.example.com:8188 lost", "connection to [address] lost")]
    [InlineData("a-b:80, 10.0.0.7:8188 and [::1]:8188", "[address], [address] and [address]")]
    [InlineData("at 12:30 with ratio 16:9 and 1:100", "at 12:30 with ratio 16:9 and 1:100")]
    [InlineData("-x_1:443", "[address]")]
    public void Addresses_are_removed(string text, string expected) => Assert.Equal(expected, PublicText.Of(text));

    /// <summary>With a pattern that tries every split of the text this would take hours.</summary>
    [Theory]
    [InlineData("a-")]
    [InlineData("a.")]
    [InlineData("a")]
    [InlineData("1-")]
    [InlineData("a:")]
    [InlineData("/a")]
    public void A_long_text_without_an_address_stays_as_it_is(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 2000)) + "!";
        Assert.Equal(part == "/a" ? "[path]!" : text, PublicText.Of(text));
    }
}
