using System.Text.RegularExpressions;

namespace Rushes.Engines.Process;

/// <summary>Converts messages of programs for customers.</summary>
internal static partial class ProgramWords
{
    /// <summary>Removes paths.</summary>
    public static string Public(string text) => Paths().Replace(text, "…");

    [GeneratedRegex(@"[^\s'""(\[=:]*[/\\][^\s'"")\]:,]*")]
    private static partial Regex Paths();
}
