using System.Net;
using Rushes.Outbound;
using Xunit;

namespace Rushes.Tests.Outbound;

/// <summary>Ways to write an address that should not be reached. PORT is that of a receiver on 127.0.0.1.</summary>
public sealed class ForgedHostTests
{
    [Theory]
    [InlineData("http://127.0.0.1:PORT/")]
    [InlineData("http://127.1:PORT/")]
    [InlineData("http://127.0.1:PORT/")]
    [InlineData("http://127.255.255.254:PORT/")]
    [InlineData("http://0:PORT/")]
    [InlineData("http://0.0.0.0:PORT/")]
    [InlineData("http://2130706433:PORT/")]
    [InlineData("http://017700000001:PORT/")]
    [InlineData("http://0177.0.0.1:PORT/")]
    [InlineData("http://0177.0000.0000.0001:PORT/")]
    [InlineData("http://0x7f000001:PORT/")]
    [InlineData("http://0X7F.0x0.0x0.0x1:PORT/")]
    [InlineData("http://0x7f.1:PORT/")]
    [InlineData("http://0x7f.0.1:PORT/")]
    [InlineData("http://[::1]:PORT/")]
    [InlineData("http://[::]:PORT/")]
    [InlineData("http://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/")]
    [InlineData("http://[::ffff:127.0.0.1]:PORT/")]
    [InlineData("http://[::ffff:7f00:1]:PORT/")]
    [InlineData("http://[::127.0.0.1]:PORT/")]
    [InlineData("http://[64:ff9b::127.0.0.1]:PORT/")]
    [InlineData("http://[64:ff9b:1::7f00:1]:PORT/")]
    [InlineData("http://[2002:7f00:1::]:PORT/")]
    [InlineData("http://[2001:0:7f00:1::80ff:fffe]:PORT/")]
    [InlineData("http://[fe80::5efe:127.0.0.1]:PORT/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[fd00:ec2::254]/latest/meta-data/")]
    [InlineData("http://[fec0::1]/")]
    [InlineData("http://[ff02::1]/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://192.168.1.1/")]
    [InlineData("http://172.20.0.1/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://2852039166/latest/meta-data/")]
    [InlineData("http://0xa9fea9fe/")]
    [InlineData("http://0251.0376.0251.0376/")]
    [InlineData("http://[::ffff:a9fe:a9fe]/")]
    [InlineData("http://255.255.255.255/")]
    [InlineData("https://127.0.0.1:PORT/")]
    public Task A_number_that_may_not_be_reached_is_not(string url) => RejectedAsync(url, RejectedCode.AddressNotAllowed);

    [Theory]
    [InlineData("http://127.0.0.1.:PORT/")]
    [InlineData("http://2130706433.:PORT/")]
    [InlineData("http://0x7f.1.:PORT/")]
    [InlineData("http://127.0.0.1..:PORT/")]
    [InlineData("http://127.0.0.1.1:PORT/")]
    [InlineData("http://127.0.0.0x:PORT/")]
    [InlineData("http://4294967297:PORT/")]
    [InlineData("http://6425673729:PORT/")]
    [InlineData("http://383.0.0.1:PORT/")]
    [InlineData("http://0800.0.0.1:PORT/")]
    [InlineData("http://１２７.０.０.１:PORT/")]
    [InlineData("http://127。0。0。1:PORT/")]
    [InlineData("http://127\uFF0E0\uFF0E0\uFF0E1:PORT/")]
    [InlineData("http://①②⑦.⓪.⓪.①:PORT/")]
    [InlineData("http://127\u00AD.0.0.1:PORT/")]
    [InlineData("http://127.0.0.1\u200B:PORT/")]
    [InlineData("http://ⓛⓞcalhost:PORT/")]
    [InlineData("http://%31%32%37.0.0.1:PORT/")]
    [InlineData("http://127%2e0%2e0%2e1:PORT/")]
    [InlineData("http://loc%61lhost:PORT/")]
    [InlineData("http://127.0.0.1%00.example.com:PORT/")]
    [InlineData("http://[::1%25lo]:PORT/")]
    [InlineData("http://example.com@127.0.0.1:PORT/")]
    [InlineData("http://127.0.0.1:PORT@example.com/")]
    [InlineData("http://@127.0.0.1:PORT/")]
    [InlineData("""http://example.com\@127.0.0.1:PORT/""")]
    [InlineData("""http:\\127.0.0.1:PORT/""")]
    [InlineData("http:///127.0.0.1:PORT/")]
    [InlineData("http:127.0.0.1:PORT/")]
    [InlineData("http://127.0.0.1\t:PORT/")]
    [InlineData("http://127.0.0.1:22/")]
    [InlineData("gopher://127.0.0.1:PORT/_GET")]
    [InlineData("dict://127.0.0.1:PORT/")]
    [InlineData("file://127.0.0.1/etc/passwd")]
    [InlineData("unix:///var/run/docker.sock")]
    [InlineData("jar:http://127.0.0.1:PORT/!/")]
    public Task A_form_that_can_be_read_in_two_ways_is_rejected_before_any_name_is_resolved(string url) =>
        RejectedAsync(url, RejectedCode.BadUrl);

    [Theory]
    [InlineData("http://localhost:PORT/", "127.0.0.1")]
    [InlineData("http://LOCALHOST.:PORT/", "::1")]
    [InlineData("http://metadata.google.internal/computeMetadata/v1/", "169.254.169.254")]
    [InlineData("http://127.0.0.1.nip.example:PORT/", "127.0.0.1")]
    [InlineData("http://redis:6379/", "10.0.0.7")]
    [InlineData("http://mapped.example:PORT/", "::ffff:127.0.0.1")]
    [InlineData("http://zero.example:PORT/", "0.0.0.0")]
    [InlineData("http://nat64.example:PORT/", "64:ff9b::7f00:1")]
    [InlineData("http://public-then-private.example:PORT/", "1.1.1.1 127.0.0.1")]
    [InlineData("http://private-then-public.example:PORT/", "127.0.0.1 1.1.1.1")]
    [InlineData("http://both-families.example:PORT/", "1.1.1.1 ::1")]
    public async Task A_name_is_rejected_when_any_of_its_addresses_may_not_be_reached(string url, string addresses)
    {
        IPAddress[] resolved = [.. addresses.Split(' ').Select(IPAddress.Parse)];
        var rejected = await RejectedAsync(url, RejectedCode.AddressNotAllowed, (_, _) => Task.FromResult(resolved));
        Assert.Equal("The URL's host does not resolve to an address that may be reached.", rejected.Reason);
    }

    private static async Task<Rejected> RejectedAsync(
        string url, RejectedCode code, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        using var folder = new TempFolder();
        await using var receiver = await Receiver.StartAsync(_ => Task.CompletedTask);
        using var http = new OutboundHttp(AddressRules.PublicOnly, resolve);

        var result = await new Fetcher(http, TimeProvider.System).FetchAsync(
            url.Replace("PORT", $"{receiver.Port}", StringComparison.Ordinal), folder["file"], new FetchLimits(),
            TestContext.Current.CancellationToken);

        var rejected = Assert.IsType<Rejected>(result);
        Assert.Equal(code, rejected.Code);
        Assert.Equal(0, receiver.Hits);
        Assert.False(File.Exists(folder["file"]));
        return rejected;
    }
}
