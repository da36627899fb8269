using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Rushes.Tests.Postgres;

/// <summary>A server that accepts TLS connections only, for localhost, and asks for a client certificate.</summary>
public sealed class TlsServer : IAsyncLifetime
{
    private readonly TempFolder folder = new();

    public PostgresCluster Cluster { get; private set; } = null!;

    public string File(string name) => folder[name];

    public async ValueTask InitializeAsync()
    {
        // The server runs as another user.
        System.IO.File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        Cluster = await PostgresCluster.StartAsync(Directory.CreateDirectory(folder["server"]).FullName);
        await Cluster.CreateAsync("rushes");
        using var authority = Authority("authority");
        using var other = Authority("other");
        await WriteAsync("authority", authority);
        await WriteAsync("other", other);
        using (var certificate = Issued(authority, "server", host: "localhost")) await WriteAsync("server/host", certificate);
        using (var certificate = Issued(authority, "rushes", host: null)) await WriteAsync("client", certificate);
        await Cluster.UseTlsAsync(folder["server/host.pem"], folder["server/host.key"], folder["authority.pem"]);
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        folder.Dispose();
    }

    private async Task WriteAsync(string name, X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        await System.IO.File.WriteAllTextAsync(folder[name + ".pem"], certificate.ExportCertificatePem());
        await System.IO.File.WriteAllTextAsync(folder[name + ".key"], key.ExportPkcs8PrivateKeyPem());
        System.IO.File.SetUnixFileMode(folder[name + ".key"], UnixFileMode.UserRead);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static X509Certificate2 Issued(X509Certificate2 authority, string name, string? host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (host is not null) names.AddDnsName(host);
        if (host is not null) request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
