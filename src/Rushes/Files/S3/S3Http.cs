using Amazon.Runtime;
using Amazon.S3;

namespace Rushes.Files.S3;

/// <summary>How the client of AWS is set up: its connections are ours, and it neither tries again nor waits by itself.</summary>
internal sealed class S3Http(HttpMessageHandler connections) : HttpClientFactory, IDisposable
{
    private readonly HttpClient client = new(connections) { Timeout = Timeout.InfiniteTimeSpan };

    public static SocketsHttpHandler Connections() => new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // An address behind the name that is no longer good is left within minutes.
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
        // Servers other than AWS know few of the newer checksums; Content-MD5, which we send, all of them know.
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        // Nothing is looked up in files or on the network to guess settings.
        DefaultConfigurationMode = DefaultConfigurationMode.Standard,
        IgnoreConfiguredEndpointUrls = true,
    };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => client.Dispose();
}
