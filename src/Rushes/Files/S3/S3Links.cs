using Amazon.Runtime;

namespace Rushes.Files.S3;

/// <summary>Creates presigned URLs with the bucket's public address, without a request to the server.</summary>
internal sealed class S3Links(S3Options options, AWSCredentials credentials, TimeProvider clock)
{
    private readonly Uri server = options.Public ?? options.Endpoint;

    /// <summary>A URL signed with temporary credentials expires with them.</summary>
    public Uri Presign(string method, string key, TimeSpan lifetime)
    {
        var path = Root + key;
        var query = Signer().Presign(method, Host, path, lifetime, clock.GetUtcNow());
        return new Uri($"{server.Scheme}://{Host}{SigV4.EncodePath(path)}?{query}");
    }

    public string? KeyOf(Uri link)
    {
        var path = Uri.UnescapeDataString(link.AbsolutePath);
        return link.Authority == Host && path.StartsWith(Root, StringComparison.Ordinal)
            && Signer().Verify("GET", Host, path, link.Query, clock.GetUtcNow()) == LinkCheck.Good
                ? path[Root.Length..]
                : null;
    }

    private string Host => options.VirtualHost ? $"{options.Bucket}.{server.Authority}" : server.Authority;

    private string Root => options.VirtualHost ? "/" : $"/{options.Bucket}/";

    private SigV4 Signer()
    {
        var now = credentials.GetCredentials();
        return new SigV4(now.AccessKey, now.SecretKey, options.Region, token: now.UseToken ? now.Token : null);
    }
}
