using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rushes.Outbound;

/// <summary>
/// An http or https URL with an unambiguous host. Its path and query are requested exactly as they were sent,
/// because signed URLs are valid in one spelling only. Nothing is resolved yet: <see cref="OutboundHttp"/> checks the
/// address when it connects.
/// </summary>
public sealed record OutboundUrl
{
    /// <summary>In characters. Presigned URLs with a session token exceed 2,048.</summary>
    public const int MaxLength = 8192;

    private OutboundUrl(Uri uri) => Uri = uri;

    /// <summary>
    /// Absolute and without a fragment. An IPv4 host is normalized, however it was written (<c>0x7f.1</c>,
    /// <c>2130706433</c>).
    /// </summary>
    public Uri Uri { get; }

    public static bool TryParse(
        string? text, [NotNullWhen(true)] out OutboundUrl? url, [NotNullWhen(false)] out Rejected? rejected)
    {
        url = null;
        text = text?.Trim() ?? "";
        if (text.Length > MaxLength)
            return Reject($"is longer than {MaxLength} characters", out rejected);
        // Parsers disagree on these, so the host that is checked could differ from the one that is connected to.
        if (text.Any(letter => char.IsControl(letter) || letter == '\\'))
            return Reject("contains a control character or a backslash", out rejected);

        var (authority, tail) = Split(text);
        if (!Uri.TryCreate(authority, UriKind.Absolute, out var host))
            return Reject("is not a valid http or https URL", out rejected);
        if (Fault(host) is { } fault) return Reject(fault, out rejected);
        url = new OutboundUrl(Exactly(host, tail));
        rejected = null;
        return true;
    }

    /// <summary>The URL of a Location header, relative to this one, under the same rules.</summary>
    internal bool TryFollow(
        string location, [NotNullWhen(true)] out OutboundUrl? url, [NotNullWhen(false)] out Rejected? rejected)
    {
        url = null;
        if (Resolve(location.Trim()) is not { } target) return Reject("is not a valid http or https URL", out rejected);
        // The customer requested content over TLS.
        if (Uri.Scheme == Uri.UriSchemeHttps && target.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
            return Reject("leads from https back to http", out rejected);

        return TryParse(target, out url, out rejected);
    }

    public override string ToString() => Uri.AbsoluteUri;

    /// <summary>Scheme and host of a URL, and what follows them. A URL without <c>://</c> is not split.</summary>
    private static (string Authority, string Tail) Split(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal);
        if (start <= 0) return (text, "");
        var end = text.AsSpan(start + 3).IndexOfAny('/', '?', '#');
        return end < 0 ? (text, "") : (text[..(start + 3 + end)], text[(start + 3 + end)..]);
    }

    /// <summary>The URL of a host with an unchanged path and query, except for what a request line cannot contain.</summary>
    private static Uri Exactly(Uri host, string rest)
    {
        var fragment = rest.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0) rest = rest[..fragment];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var path = UrlPath.WithoutDots(query < 0 ? rest : rest[..query]);
        return new Uri(
            host.GetLeftPart(UriPartial.Authority) + UrlPath.Escaped(path + (query < 0 ? "" : rest[query..])),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    /// <summary>The absolute form of a Location header (RFC 3986, 5.2.2); null if it has none.</summary>
    private string? Resolve(string location)
    {
        if (location.StartsWith("//", StringComparison.Ordinal)) return $"{Uri.Scheme}:{location}";
        // In .NET a path is an absolute URL too.
        if (!location.StartsWith('/') && Uri.TryCreate(location, UriKind.Absolute, out _)) return location;
        var site = Uri.GetLeftPart(UriPartial.Authority);
        var path = Uri.AbsolutePath;
        return location switch
        {
            "" or ['#', ..] => site + Uri.PathAndQuery,
            ['/', ..] => site + location,
            ['?', ..] => site + path + location,
            // A colon before the first slash ends a scheme, and this one is invalid.
            _ when location.AsSpan().IndexOfAny(":/?#") is >= 0 and var end && location[end] == ':' => null,
            _ => site + path[..(path.LastIndexOf('/') + 1)] + location,
        };
    }

    /// <summary>Why the host, its scheme or its port cannot be used; null if they can.</summary>
    private static string? Fault(Uri uri)
    {
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) return "must start with http:// or https://";
        // Checked by the character, because an empty user name is parsed as none.
        if (uri.GetLeftPart(UriPartial.Authority).Contains('@')) return "must not contain a user name or password";
        if (HostFault(uri) is { } fault) return fault;
        // Ports below 1024 belong to mail, remote shells and databases, which could interpret a request as commands.
        return uri.Port is 80 or 443 or >= 1024 ? null : "must use port 80, 443, or one from 1024 to 65535";
    }

    private static string? HostFault(Uri uri)
    {
        if (uri.HostNameType is UriHostNameType.IPv4) return null;
        // IdnHost, which is connected to, contains the zone that Host omits.
        if (uri.HostNameType is UriHostNameType.IPv6)
            return uri.IdnHost.Contains('%') ? "must not contain an IPv6 zone" : null;
        if (uri.HostNameType is not UriHostNameType.Dns || uri.Host.Length > 253)
            return "does not name a valid host";
        // Without ICU, full-width and other look-alike letters are not normalized, so only ASCII is accepted.
        if (!Ascii.IsValid(uri.Host))
            return "must name its host in ASCII (xn-- for an international name)";

        // No top-level domain is a number; a host that ends in one is an address that Uri could not parse but a resolver
        // might.
        var name = uri.Host.EndsWith('.') ? uri.Host[..^1] : uri.Host;
        // Uri drops invisible letters, so that a label can become empty.
        if (name.Split('.').Contains("")) return "does not name a valid host";
        var last = name[(name.LastIndexOf('.') + 1)..];
        var isNumber = last.All(char.IsAsciiDigit)
            || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last.Skip(2).All(char.IsAsciiHexDigit));
        return isNumber ? "does not name a valid IPv4 address" : null;
    }

    private static bool Reject(string fault, [NotNull] out Rejected? rejected)
    {
        rejected = new Rejected(RejectedCode.BadUrl, $"The URL {fault}.");
        return false;
    }
}
