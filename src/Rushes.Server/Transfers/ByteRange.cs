using Microsoft.Net.Http.Headers;

namespace Rushes.Server.Transfers;

/// <summary>The <c>Range</c> header of a download.</summary>
internal static class ByteRange
{
    /// <summary>A range in an unknown unit is ignored (RFC 9110, 14.2); ASP.NET would read it as bytes.</summary>
    public static void DropOtherUnits(HttpRequest request)
    {
        if (!request.Headers.Range.ToString().TrimStart().StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
            request.Headers.Remove(HeaderNames.Range);
    }
}
