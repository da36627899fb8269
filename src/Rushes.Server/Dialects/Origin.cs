using Rushes.Server.Settings;

namespace Rushes.Server.Dialects;

/// <summary>The scheme and host that every absolute URL begins with.</summary>
/// <param name="listening">The first address this gateway listens on.</param>
public sealed class Origin(GatewayOptions options, Func<string> listening)
{
    private readonly string? fixedOrigin = options.PublicUrl?.TrimEnd('/');

    // Clients come by few names: nearly always the one before.
    private volatile string? lastGood;

    /// <summary>The one that this client reached the gateway by; one that sends no host is told the gateway's own.</summary>
    public string Of(HttpRequest request) => fixedOrigin ?? (request.Host.HasValue ? $"{request.Scheme}://{request.Host.Value}" : Own);

    /// <summary>Whether an address can begin with the host that the request names. What asks for Request.Host before throws.</summary>
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
            // ASP.NET reads names that begin with xn--, and does not expect them to be anything else than Punycode.
            return Uri.TryCreate($"http://{HostString.FromUriComponent(host).Value}/", UriKind.Absolute, out var uri)
                && uri is { UserInfo: "", PathAndQuery: "/", Fragment: "" } && uri.IdnHost.Length > 0;
        }
        catch (Exception error) when (error is ArgumentException or UriFormatException)
        {
            return false;
        }
    }

    /// <summary>
    /// For what nobody asked for just now, such as a callback: the setting PublicUrl, else where the gateway listens, by this
    /// machine's name where it listens everywhere.
    /// </summary>
    public string Own => fixedOrigin ?? listening().TrimEnd('/')
        .Replace("//0.0.0.0:", $"//{Environment.MachineName}:", StringComparison.Ordinal)
        .Replace("//[::]:", $"//{Environment.MachineName}:", StringComparison.Ordinal);
}
