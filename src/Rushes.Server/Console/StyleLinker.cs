using System.Text.RegularExpressions;

namespace Rushes.Server.Console;

/// <summary>Replaces the imports of a style sheet by the files that they name, so that a browser requests one file.</summary>
internal static partial class StyleLinker
{
    /// <param name="read">Reads a style sheet by its name.</param>
    /// <returns>The style sheet, and the names of the files in it.</returns>
    public static (string Text, IReadOnlyList<string> Parts) Link(string entry, Func<string, string> read)
    {
        var parts = new List<string>();
        var text = Import().Replace(read(entry), import =>
        {
            parts.Add(import.Groups["name"].Value);
            return read(parts[^1]);
        });
        return (text, parts);
    }

    [GeneratedRegex(@"^@import '\./(?<name>[\w-]+\.css)';\n", RegexOptions.Multiline)]
    private static partial Regex Import();
}
