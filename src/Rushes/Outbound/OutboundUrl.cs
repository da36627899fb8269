using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Rushes.Outbound;

/// <summary>
/// An http or https URL whose host can be read in one way only. Nothing is resolved yet: whether its address may be
/// reached is for <see cref="OutboundHttp"/> to say, at the moment of connecting.
/// </summary>
public sealed record OutboundUrl
{
    /// <summary>In characters. Pre-signed links with a session token in them pass 2,048.</summary>
    public const int MaxLength = 8192;

    private OutboundUrl(Uri uri) => Uri = uri;

    /// <summary>Absolute; an IPv4 host is in its usual form, however it was written (<c>0x7f.1</c>, <c>2130706433</c>).</summary>
    public Uri Uri { get; }

    public static bool TryParse(
        string? text, [NotNullWhen(true)] out OutboundUrl? url, [NotNullWhen(false)] out Refused? refused)
    {
        url = null;
        text = text?.Trim() ?? "";
        if (text.Length > MaxLength)
            return Refuse($"is longer than {MaxLength} characters", out refused);
        // Parsers disagree on these, so that one would check one host and another connect to a second.
        if (text.Any(letter => char.IsControl(letter) || letter == '\\'))
            return Refuse("contains a control character or a backslash", out refused);

        return Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? TryCheck(uri, out url, out refused)
            : Refuse("is not a valid http or https URL", out refused);
    }

    /// <summary>The URL that a Location header points to, relative to this one, under the same rules.</summary>
    internal bool TryFollow(
        string location, [NotNullWhen(true)] out OutboundUrl? url, [NotNullWhen(false)] out Refused? refused)
    {
        url = null;
        if (!Uri.TryCreate(Uri, location, out var target))
            return Refuse("is not a valid http or https URL", out refused);
        // The customer asked for content nobody on the way could change.
        if (Uri.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp)
            return Refuse("leads from https back to http", out refused);

        return TryParse(target.AbsoluteUri, out url, out refused);
    }

    public override string ToString() => Uri.AbsoluteUri;

    private static bool TryCheck(
        Uri uri, [NotNullWhen(true)] out OutboundUrl? url, [NotNullWhen(false)] out Refused? refused)
    {
        url = null;
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            return Refuse("must start with http:// or https://", out refused);
        // Looked for by its sign, since an empty user name before it reads as none.
        if (uri.GetLeftPart(UriPartial.Authority).Contains('@'))
            return Refuse("must not contain a user name or password", out refused);
        if (HostFault(uri) is { } fault)
            return Refuse(fault, out refused);
        // Below 1024 live mail, remote shells and databases, to which a request of ours could be made to mean something.
        if (uri.Port is not (80 or 443 or >= 1024))
            return Refuse("must use port 80, 443, or one from 1024 to 65535", out refused);

        url = new OutboundUrl(uri);
        refused = null;
        return true;
    }

    private static string? HostFault(Uri uri)
    {
        if (uri.HostNameType is UriHostNameType.IPv4) return null;
        // IdnHost, the name that is connected to, keeps the zone that Host leaves out.
        if (uri.HostNameType is UriHostNameType.IPv6)
            return uri.IdnHost.Contains('%') ? "must not contain an IPv6 zone" : null;
        if (uri.HostNameType is not UriHostNameType.Dns || uri.Host.Length > 253)
            return "does not name a valid host";
        // Without ICU's tables full-width and other look-alike letters are not folded, so only the one sure form is taken.
        if (!Ascii.IsValid(uri.Host))
            return "must name its host in ASCII (xn-- for an international name)";

        // No top-level domain is a number: what ends in one is an address Uri could not read but a resolver might.
        var name = uri.Host.EndsWith('.') ? uri.Host[..^1] : uri.Host;
        // Uri drops invisible letters, so that a label can be empty here that was not in the text.
        if (name.Split('.').Contains("")) return "does not name a valid host";
        var last = name[(name.LastIndexOf('.') + 1)..];
        var isNumber = last.All(char.IsAsciiDigit)
            || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last.Skip(2).All(char.IsAsciiHexDigit));
        return isNumber ? "does not name a valid IPv4 address" : null;
    }

    private static bool Refuse(string fault, [NotNull] out Refused? refused)
    {
        refused = new Refused(RefusedCode.BadUrl, $"The URL {fault}.");
        return false;
    }
}
