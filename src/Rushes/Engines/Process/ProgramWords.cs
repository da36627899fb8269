using System.Text.RegularExpressions;

namespace Rushes.Engines.Process;

/// <summary>What a program says, made fit for customers.</summary>
internal static partial class ProgramWords
{
    /// <summary>Without paths.</summary>
    public static string Public(string text) => Paths().Replace(text, "…");

    [GeneratedRegex(@"[^\s'""(\[=:]*[/\\][^\s'"")\]:,]*")]
    private static partial Regex Paths();
}
