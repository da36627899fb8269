using System.Globalization;
using Rushes.Intake;

namespace Rushes.Server.Http;

/// <summary>The <c>Retry-After</c> header of an error response, in every dialect.</summary>
internal static class RetryAfterHeader
{
    public static void Write(HttpContext http, Problem problem)
    {
        if (problem.RetryAfter is { } wait) Write(http, wait);
    }

    public static void Write(HttpContext http, TimeSpan wait) => http.Response.Headers.RetryAfter =
        Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
