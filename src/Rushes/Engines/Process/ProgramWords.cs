using System.Text.RegularExpressions;
using Rushes.Jobs;

namespace Rushes.Engines.Process;

/// <summary>A program's words, for those who may hear them.</summary>
internal static partial class ProgramWords
{
    /// <summary>For the customer: without paths.</summary>
    public static string Public(string text) => Paths().Replace(text, "…");

    /// <summary>For the operator: without the prompt, which programs like to repeat.</summary>
    public static string WithoutPrompt(string text, JobInput input)
    {
        foreach (var prompt in new[] { input.Prompt.Trim(), input.NegativePrompt.Trim() })
            if (prompt.Length > 2) text = text.Replace(prompt, "[prompt]", StringComparison.Ordinal);
        return text;
    }

    [GeneratedRegex(@"[^\s'""(\[=:]*[/\\][^\s'"")\]:,]*")]
    private static partial Regex Paths();
}
