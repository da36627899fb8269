using Rushes.Server.Settings;

namespace Rushes.Server.Dialects;

/// <summary>The scheme and host that every absolute URL begins with.</summary>
/// <param name="listening">The first address this gateway listens on.</param>
public sealed class Origin(GatewayOptions options, Func<string> listening)
{
    private readonly string? fixedOrigin = options.PublicUrl?.TrimEnd('/');

    /// <summary>The one that this client reached the gateway by.</summary>
    public string Of(HttpRequest request) => fixedOrigin ?? $"{request.Scheme}://{request.Host.Value}";

    /// <summary>
    /// For what nobody asked for just now, such as a callback: the setting PublicUrl, else where the gateway listens, by this
    /// machine's name where it listens everywhere.
    /// </summary>
    public string Own => fixedOrigin ?? listening().TrimEnd('/')
        .Replace("//0.0.0.0:", $"//{Environment.MachineName}:", StringComparison.Ordinal)
        .Replace("//[::]:", $"//{Environment.MachineName}:", StringComparison.Ordinal);
}
