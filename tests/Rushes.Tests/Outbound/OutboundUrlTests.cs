using Rushes.Outbound;
using Xunit;

namespace Rushes.Tests.Outbound;

public sealed class OutboundUrlTests
{
    [Theory]
    [InlineData("https://example.com/a.png?x=%2F#part", "https://example.com/a.png?x=%2F")]
    [InlineData("https://example.com", "https://example.com/")]
    [InlineData("https://example.com?x=%7e%2D", "https://example.com/?x=%7e%2D")]
    [InlineData("https://example.com/%7Ea/%2d/b%2E%2Ec/%c3%A9", "https://example.com/%7Ea/%2d/b%2E%2Ec/%c3%A9")]
    [InlineData("https://example.com/a/../b/./c/%2e%2E/d?../e", "https://example.com/b/d?../e")]
    [InlineData("https://example.com/../../a/..", "https://example.com/")]
    [InlineData("https://example.com//a///b/", "https://example.com//a///b/")]
    [InlineData("https://example.com/é?ü=|", "https://example.com/%C3%A9?%C3%BC=|")]
    [InlineData("https://example.com/?url=http://user@10.0.0.1/", "https://example.com/?url=http://user@10.0.0.1/")]
    [InlineData("  HTTP://Example.COM:80/a b.png\n", "http://example.com/a%20b.png")]
    [InlineData("https://files.example.com.:8443/", "https://files.example.com.:8443/")]
    [InlineData("http://my_bucket.example/", "http://my_bucket.example/")]
    [InlineData("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/")]
    [InlineData("http://2130706433/", "http://127.0.0.1/")]
    [InlineData("http://0177.0.0.1/", "http://127.0.0.1/")]
    [InlineData("http://0x7f.1/", "http://127.0.0.1/")]
    [InlineData("http://127.1/", "http://127.0.0.1/")]
    [InlineData("http://[0:0:0:0:0:0:0:1]:8080/", "http://[::1]:8080/")]
    public void What_is_taken_is_in_its_usual_form(string text, string usual)
    {
        Assert.True(OutboundUrl.TryParse(text, out var url, out _));
        Assert.Equal(usual, url.ToString());
    }

    [Theory]
    [InlineData(null, "is not a valid http or https URL")]
    [InlineData("", "is not a valid http or https URL")]
    [InlineData("example.com/a.png", "is not a valid http or https URL")]
    [InlineData("http://", "is not a valid http or https URL")]
    [InlineData("http:///a.png", "is not a valid http or https URL")]
    [InlineData("http:example.com", "is not a valid http or https URL")]
    [InlineData("http://a..b/", "is not a valid http or https URL")]
    [InlineData("http://example.com:65536/", "is not a valid http or https URL")]
    [InlineData("/etc/passwd", "must start with http:// or https://")]
    [InlineData("//example.com/a.png", "must start with http:// or https://")]
    [InlineData("file:///etc/passwd", "must start with http:// or https://")]
    [InlineData("ftp://example.com/a.png", "must start with http:// or https://")]
    [InlineData("data:image/png;base64,AAAA", "must start with http:// or https://")]
    [InlineData("http://user@example.com/", "user name or password")]
    [InlineData("http://user:secret@example.com/", "user name or password")]
    [InlineData("http://@example.com/", "user name or password")]
    [InlineData("http://example.com:0/", "must use port")]
    [InlineData("http://example.com:22/", "must use port")]
    [InlineData("http://example.com:25/", "must use port")]
    [InlineData("http://bücher.example/", "in ASCII")]
    [InlineData("http://-a-/", "does not name a valid host")]
    [InlineData("http://a.\u00ad.example/", "in ASCII")]
    [InlineData("http://files.example../", "is not a valid http or https URL")]
    [InlineData("http://[fe80::1%25eth0]/", "IPv6 zone")]
    [InlineData("http://example.com/a\r\nHost: b", "control character")]
    public void What_is_rejected_says_why(string? text, string why)
    {
        Assert.False(OutboundUrl.TryParse(text, out _, out var rejected));
        Assert.Equal(RejectedCode.BadUrl, rejected.Code);
        Assert.StartsWith("The URL ", rejected.Reason, StringComparison.Ordinal);
        Assert.Contains(why, rejected.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_url_may_have_8192_characters_and_no_more()
    {
        var longest = "http://example.com/".PadRight(OutboundUrl.MaxLength, 'a');
        Assert.True(OutboundUrl.TryParse(longest, out _, out _));
        Assert.False(OutboundUrl.TryParse(longest + "a", out _, out var rejected));
        Assert.Contains("8192", rejected.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/b", "https://example.com/b")]
    [InlineData("b?q", "https://example.com/x/b?q")]
    [InlineData("//other.example/", "https://other.example/")]
    [InlineData("?q=%7E", "https://example.com/x/y?q=%7E")]
    [InlineData("../b%2D/", "https://example.com/b%2D/")]
    [InlineData("", "https://example.com/x/y?z")]
    [InlineData("#part", "https://example.com/x/y?z")]
    [InlineData("b?time=12:00", "https://example.com/x/b?time=12:00")]
    [InlineData("//user@other.example/", null)]
    [InlineData("//other.example:22/", null)]
    [InlineData("https://other.example/", "https://other.example/")]
    [InlineData("HTTPS://Other.example/", "https://other.example/")]
    [InlineData("http://example.com/", null)]
    [InlineData("HTTP://example.com/", null)]
    [InlineData("\thttP://example.com/", null)]
    [InlineData("file:///etc/passwd", null)]
    [InlineData("gopher://example.com/", null)]
    [InlineData("https://user@example.com/", null)]
    [InlineData("https://[::1", null)]
    [InlineData("""\\host\share""", null)]
    public void A_location_is_relative_to_its_url_and_under_the_same_rules(string location, string? next)
    {
        Assert.True(OutboundUrl.TryParse("https://example.com/x/y?z", out var url, out _));
        Assert.Equal(next is not null, url.TryFollow(location, out var followed, out _));
        Assert.Equal(next, followed?.ToString());
    }
}
