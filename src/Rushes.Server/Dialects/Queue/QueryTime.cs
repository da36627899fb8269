using System.Globalization;

namespace Rushes.Server.Dialects.Queue;

/// <summary>A time in a query: a date of ISO 8601, alone or with a time of day, in UTC unless it has an offset.</summary>
internal static class QueryTime
{
    private static readonly string[] Formats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    /// <summary>What to send instead of a text that is no such time.</summary>
    public static string Advice(string text) => Parse(text.Replace(' ', '+')) is null
        ? "send a time in ISO 8601, such as 2030-01-31T00:00Z"
        : "a + in a URL means a space: send it as %2B";
}
