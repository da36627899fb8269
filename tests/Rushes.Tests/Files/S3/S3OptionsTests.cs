using Rushes.Files.S3;
using Xunit;

namespace Rushes.Tests.Files.S3;

public sealed class S3OptionsTests
{
    [Fact]
    public void A_bucket_alone_is_one_of_aws()
    {
        var options = S3Options.Parse("s3://films", "eu-central-1");
        Assert.Equal(
            ("films", "eu-central-1", new Uri("https://s3.eu-central-1.amazonaws.com"), true),
            (options.Bucket, options.Region, options.Endpoint, options.VirtualHost));
        Assert.Equal(
            "https://s3.cn-north-1.amazonaws.com.cn/", S3Options.Parse("s3://films?region=cn-north-1").Endpoint.AbsoluteUri);
        Assert.False(S3Options.Parse("s3://films.example.com").VirtualHost);
    }

    [Fact]
    public void Everything_can_be_said()
    {
        var options = S3Options.Parse(
            "s3://films?endpoint=https://acc.r2.example.com&region=auto&style=host"
            + "&public=https%3A%2F%2Fshown.example.com&encryption=aws:kms&encryption-key=arn:aws:kms:1&profile=other");
        Assert.Equal(
            new S3Options
            {
                Bucket = "films", Endpoint = new Uri("https://acc.r2.example.com"), Region = "auto", VirtualHost = true,
                Public = new Uri("https://shown.example.com"), Encryption = "aws:kms", EncryptionKey = "arn:aws:kms:1",
                Profile = "other",
            },
            options);
    }

    [Fact]
    public void A_server_of_ones_own_takes_the_bucket_in_the_path()
    {
        var options = S3Options.Parse("s3://films?endpoint=http://127.0.0.1:9000");
        Assert.Equal((false, "us-east-1"), (options.VirtualHost, options.Region));
    }

    [Theory]
    [InlineData("films", "s3://bucket?endpoint=")]
    [InlineData("https://films", "s3://bucket?endpoint=")]
    [InlineData("s3://x", "\"x\" is no bucket's name")]
    [InlineData("s3://films/folder", "the whole bucket is used")]
    [InlineData("s3://key:secret@films", "keys do not belong in the address")]
    [InlineData("s3://films?endpiont=https://x", "there is no \"endpiont\"; there are endpoint,")]
    [InlineData("s3://films?endpoint=nowhere", "endpoint=nowhere is not such as")]
    [InlineData("s3://films?endpoint=https://x/path", "endpoint=https://x/path is not such as")]
    [InlineData("s3://films?style=virtual", "style=virtual is neither path nor host")]
    [InlineData("s3://films?encryption=yes", "encryption=yes is neither AES256 nor aws:kms")]
    [InlineData("s3://films?region=", "region has no value")]
    public void A_mistake_is_named(string text, string said) =>
        Assert.Contains(said, Assert.Throws<FormatException>(() => S3Options.Parse(text)).Message, StringComparison.Ordinal);
}
