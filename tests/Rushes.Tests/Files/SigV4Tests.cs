using Rushes.Files;
using Xunit;

namespace Rushes.Tests.Files;

public sealed class SigV4Tests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 14, 15, 9, 26, TimeSpan.Zero);
    private static readonly SigV4 Signer = new("rushes", "secret");

    private const string Host = "gateway.example:8080";
    private const string Path = "/rushes/results/a b.mp4";

    private static string Query => Signer.Presign("GET", Host, Path, TimeSpan.FromHours(1), Now);

    [Fact]
    public void The_example_Amazon_publishes_comes_out()
    {
        var signer = new SigV4("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1");
        var query = signer.Presign(
            "GET", "examplebucket.s3.amazonaws.com", "/test.txt", TimeSpan.FromDays(1),
            new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
            query);
    }

    [Fact]
    public void A_signed_link_is_good_for_its_time_and_no_longer()
    {
        LinkCheck At(TimeSpan later) => Signer.Verify("GET", Host, Path, "?" + Query, Now + later);
        Assert.Equal(LinkCheck.Good, At(TimeSpan.Zero));
        Assert.Equal(LinkCheck.Good, At(TimeSpan.FromSeconds(3599)));
        Assert.Equal(LinkCheck.Expired, At(TimeSpan.FromSeconds(3600)));
        Assert.Equal(LinkCheck.Good, At(TimeSpan.FromMinutes(-15)));
        Assert.Equal(LinkCheck.Expired, At(TimeSpan.FromMinutes(-16)));
    }

    [Fact]
    public void Order_and_spelling_of_the_fields_do_not_matter()
    {
        var fields = Query.Split('&');
        Array.Reverse(fields);
        Assert.Equal(
            LinkCheck.Good,
            Signer.Verify("GET", Host.ToUpperInvariant(), Path, string.Join('&', fields).Replace("%2F", "/"), Now));
    }

    [Theory]
    [InlineData("HEAD", Host, Path)]
    [InlineData("PUT", Host, Path)]
    [InlineData("get", Host, Path)]
    [InlineData("GET", "gateway.example", Path)]
    [InlineData("GET", "other.example:8080", Path)]
    [InlineData("GET", Host, "/rushes/results/b.mp4")]
    [InlineData("GET", Host, "/rushes/results/a%20b.mp4")]
    [InlineData("GET", Host, "/rushes/results/a b.mp4/")]
    [InlineData("GET", Host, "/other/results/a b.mp4")]
    [InlineData("GET", Host, "")]
    public void A_link_is_for_one_method_host_and_path(string method, string host, string path) =>
        Assert.Equal(LinkCheck.WrongSignature, Signer.Verify(method, host, path, Query, Now));

    [Theory]
    [InlineData("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=AWS4-HMAC-SHA1")]
    [InlineData("rushes%2F", "other%2F")]
    [InlineData("%2F20260314%2F", "%2F20260315%2F")]
    [InlineData("%2Fauto%2F", "%2Fus-east-1%2F")]
    [InlineData("%2Fs3%2F", "%2Fec2%2F")]
    [InlineData("aws4_request", "aws4_requesu")]
    [InlineData("20260314T150926Z", "20260314T150927Z")]
    [InlineData("20260314T150926Z", "20260314T150926")]
    [InlineData("20260314T150926Z", "20261314T150926Z")]
    [InlineData("X-Amz-Expires=3600", "X-Amz-Expires=3601")]
    [InlineData("X-Amz-Expires=3600", "X-Amz-Expires=03600")]
    [InlineData("X-Amz-Expires=3600", "X-Amz-Expires=604801")]
    [InlineData("X-Amz-Expires=3600", "X-Amz-Expires=-1")]
    [InlineData("X-Amz-Expires=3600", "X-Amz-Expires=99999999999")]
    [InlineData("X-Amz-Expires=3600", "X-Amz-Expires=3600&X-Amz-Expires=3600")]
    [InlineData("X-Amz-Expires=3600&", "")]
    [InlineData("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=host%3Bx")]
    [InlineData("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=")]
    [InlineData("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=host&x=y")]
    [InlineData("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=host&response-content-type=text%2Fhtml")]
    [InlineData("X-Amz-Signature=", "X-Amz-Signature=0")]
    [InlineData("X-Amz-Signature=", "X-Amz-Signature=é")]
    [InlineData("X-Amz-Signature=", "x-amz-signature=")]
    public void A_changed_field_is_rejected(string field, string changed)
    {
        var query = Query.Replace(field, changed, StringComparison.Ordinal);
        Assert.NotEqual(Query, query);
        Assert.NotEqual(LinkCheck.Good, Signer.Verify("GET", Host, Path, query, Now));
    }

    [Fact]
    public void Every_digit_of_the_signature_counts()
    {
        for (var i = Query.Length - 64; i < Query.Length; i++)
        {
            var query = Query.ToCharArray();
            query[i] = query[i] == '0' ? '1' : '0';
            Assert.Equal(LinkCheck.WrongSignature, Signer.Verify("GET", Host, Path, new string(query), Now));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("&&=&%&%zz=%")]
    public void A_query_of_another_kind_is_malformed(string query) =>
        Assert.Equal(LinkCheck.Malformed, Signer.Verify("GET", Host, Path, query, Now));

    [Fact]
    public void Another_secret_signs_other_links() =>
        Assert.Equal(LinkCheck.WrongSignature, new SigV4("rushes", "other").Verify("GET", Host, Path, Query, Now));

    [Fact]
    public void Seven_days_are_the_most()
    {
        Signer.Presign("GET", Host, Path, TimeSpan.FromDays(7), Now);
        Assert.Throws<ArgumentOutOfRangeException>(() => Signer.Presign("GET", Host, Path, TimeSpan.FromDays(7.1), Now));
        Assert.Throws<ArgumentOutOfRangeException>(() => Signer.Presign("GET", Host, Path, TimeSpan.Zero, Now));
    }
}
