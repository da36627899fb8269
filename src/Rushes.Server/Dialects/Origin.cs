using Rushes.Server.Settings;

namespace Rushes.Server.Dialects;

/// <summary>The scheme and host that a client reached this gateway by: what every absolute URL of an answer begins with.</summary>
public sealed class Origin(GatewayOptions options)
{
    private readonly string? fixedOrigin = options.PublicUrl?.TrimEnd('/');

    public string Of(HttpRequest request) => fixedOrigin ?? $"{request.Scheme}://{request.Host.Value}";
}
