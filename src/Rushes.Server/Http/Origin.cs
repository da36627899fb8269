using Rushes.Server.Settings;

namespace Rushes.Server.Http;

/// <summary>The scheme and host of every absolute URL.</summary>
/// <param name="listening">The first address this gateway listens on.</param>
public sealed class Origin(GatewayOptions options, Func<string> listening)
{
    private readonly string? fixedOrigin = options.PublicUrl?.TrimEnd('/');

    // Clients use few host names, nearly always the previous one.
    private volatile string? lastGood;

    /// <summary>The origin that this client used; the gateway's own for a client that sends no host.</summary>
    public string Of(HttpRequest request) =>
        fixedOrigin ?? (request.Host.HasValue ? $"{request.Scheme}://{request.Host.Value}" : Own);

    /// <summary>Whether the host of the request can be part of a URL. Reading Request.Host throws if it cannot.</summary>
    public bool Accepts(HttpRequest request)
    {
        var host = request.Headers.Host.ToString();
        if (host.Length == 0 || host == lastGood) return true;
        if (!IsHost(host)) return false;
        lastGood = host;
        return true;
    }

    public static bool IsHost(string host)
    {
        try
        {
            // HostString decodes names that begin with xn-- and throws if they are not Punycode.
            return Uri.TryCreate($"http://{HostString.FromUriComponent(host).Value}/", UriKind.Absolute, out var uri)
                && uri is { UserInfo: "", PathAndQuery: "/", Fragment: "" } && uri.IdnHost.Length > 0;
        }
        catch (Exception error) when (error is ArgumentException or UriFormatException)
        {
            return false;
        }
    }

    /// <summary>
    /// For URLs outside of a request, such as those in webhooks: the setting PublicUrl, else the address that the gateway
    /// listens on, with this machine's name if it listens on all addresses.
    /// </summary>
    public string Own => fixedOrigin ?? listening().TrimEnd('/')
        .Replace("//0.0.0.0:", $"//{Environment.MachineName}:", StringComparison.Ordinal)
        .Replace("//[::]:", $"//{Environment.MachineName}:", StringComparison.Ordinal);
}
