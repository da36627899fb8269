using Amazon.Runtime;
using Amazon.S3;

namespace Rushes.Files.S3;

/// <summary>The HTTP setup of the AWS client: our connections, and no retries or delays of its own.</summary>
internal sealed class S3Http(HttpMessageHandler connections) : HttpClientFactory, IDisposable
{
    private readonly HttpClient client = new(connections) { Timeout = Timeout.InfiniteTimeSpan };

    public static SocketsHttpHandler Connections() => new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // Old addresses of the host name are dropped within minutes.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = 128,
        AllowAutoRedirect = false,
        UseCookies = false,
    };

    public AmazonS3Config Configure(S3Options options) => new()
    {
        ServiceURL = options.Endpoint.GetLeftPart(UriPartial.Authority),
        AuthenticationRegion = options.Region,
        ForcePathStyle = !options.VirtualHost,
        MaxErrorRetry = 0,
        ThrottleRetries = false,
        Timeout = Timeout.InfiniteTimeSpan,
        HttpClientFactory = this,
        // Servers other than AWS support few of the newer checksums; all support Content-MD5, which we send.
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        // Do not look for settings in files or on the network.
        DefaultConfigurationMode = DefaultConfigurationMode.Standard,
        IgnoreConfiguredEndpointUrls = true,
    };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => client.Dispose();
}
