using System.Text;

namespace Rushes.Outbound;

/// <summary>The few changes that a URL's path and query need before they are sent as they are.</summary>
internal static class UrlPath
{
    private const string Hex = "0123456789ABCDEF";

    /// <summary>Resolves the segments <c>.</c> and <c>..</c> (RFC 3986, 5.2.4), also when escaped as <c>%2E</c>.</summary>
    public static string WithoutDots(string path)
    {
        if (path.Length == 0) return "/";
        var segments = path[1..].Split('/');
        if (!segments.Any(segment => DotsOf(segment) > 0)) return path;
        var kept = new List<string>();
        foreach (var segment in segments)
            switch (DotsOf(segment))
            {
                case 0: kept.Add(segment); break;
                case 2 when kept.Count > 0: kept.RemoveAt(kept.Count - 1); break;
            }
        // What ends in such a segment is a folder.
        if (DotsOf(segments[^1]) > 0) kept.Add("");
        return "/" + string.Join('/', kept);
    }

    /// <summary>White space and characters outside ASCII as UTF-8 in percent escapes; nothing else changes.</summary>
    public static string Escaped(string text)
    {
        if (text.All(each => each is > ' ' and < '\x7F')) return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var each in Encoding.UTF8.GetBytes(text))
            if (each is > (byte)' ' and < 0x7F) escaped.Append((char)each);
            else escaped.Append('%').Append(Hex[each >> 4]).Append(Hex[each & 15]);
        return escaped.ToString();
    }

    /// <summary>1 or 2 for a segment of so many dots, else 0.</summary>
    private static int DotsOf(string segment) => segment.Length > 6 ? 0
        : segment.Replace("%2E", ".", StringComparison.OrdinalIgnoreCase) switch { "." => 1, ".." => 2, _ => 0 };
}
