using System.Text.RegularExpressions;

namespace Rushes.Engines.Comfy;

/// <summary>Converts messages of a server for clients: one line, without paths and lists of installed files.</summary>
internal static partial class Wording
{
    private const int MaxLength = 300;

    public static string Clean(string text)
    {
        return Excerpt.Of(Spaces().Replace(Paths().Replace(Lists().Replace(text, ""), "a file"), " ").Trim(), MaxLength);
    }

    [GeneratedRegex(@"(?<![\w.])(/|[A-Za-z]:\\|\\\\)[^\s'"",;:)\]]+")]
    private static partial Regex Paths();

    [GeneratedRegex(@"\s+not in \[.*", RegexOptions.Singleline)]
    private static partial Regex Lists();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
