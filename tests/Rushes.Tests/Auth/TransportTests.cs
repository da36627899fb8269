using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Rushes.Server;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Auth;

public sealed class TransportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_answer_tells_browsers_to_trust_nothing_in_it()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        foreach (var path in new[] { "/health/live", "/queue/wan22-fast-t2v/requests/7", "/nowhere", "/rushes-files/none.mp4" })
        {
            using var answer = await gateway.Http.GetAsync(path, Cancel);
            Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
            Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
            Assert.StartsWith(
                "default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")),
                StringComparison.Ordinal);
            Assert.Empty(answer.Headers.Server);
        }
    }

    [Fact]
    public async Task Headers_beyond_all_reason_are_rejected()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.Add("X-Long", new string('x', 20_000));
        using var answer = await gateway.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_certificate_named_in_the_settings_is_served()
    {
        using var folder = new TempFolder();
        using var key = RSA.Create(2048);
        var wish = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = wish.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await File.WriteAllTextAsync(folder["tls.pem"], certificate.ExportCertificatePem(), Cancel);
        await File.WriteAllTextAsync(folder["tls.key"], key.ExportPkcs8PrivateKeyPem(), Cancel);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(new TestLog());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kestrel:Certificates:Default:Path"] = folder["tls.pem"],
            ["Kestrel:Certificates:Default:KeyPath"] = folder["tls.key"],
        });
        var options = new GatewayOptions
        {
            Urls = "https://127.0.0.1:0", Data = folder["data"], Workers = 0, ApiKey = TestGateway.Key,
        };
        await using var gateway = await Gateway.BuildAsync(options, builder, Cancel);
        await gateway.App.StartAsync(Cancel);

        string? served = null;
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => (served = shown?.Thumbprint) is not null,
        };
        using var http = new HttpClient(handler);
        Assert.Equal("live\n", await http.GetStringAsync($"{gateway.App.Urls.First()}/health/live", Cancel));
        Assert.Equal(certificate.Thumbprint, served);
    }
}
