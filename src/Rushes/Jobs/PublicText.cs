using System.Text.RegularExpressions;

namespace Rushes.Jobs;

/// <summary>
/// Removes addresses and file paths from texts of engines and workers, which customers see in errors. The logs have the whole
/// text.
/// </summary>
internal static partial class PublicText
{
    public static JobError Of(JobError error) => new(error.Code, Of(error.Message));

    public static string Of(string text) => Paths().Replace(Addresses().Replace(text, "[address]"), "[path]");

    /// <summary>URLs, IP addresses, a host with a port, and hosts as Python writes them: <c>host='gpu-1'</c>.</summary>
    [GeneratedRegex(
        @"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s""'<>()]+|\[[0-9a-fA-F:]{3,}\](:\d+)?|\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b"
            + @"|(?<![\w-])(?=[\w-]*[a-zA-Z])(?>[\w-]+)(\.(?>[\w-]+))*:\d{2,5}\b|(?<=\bhost=')[^']*",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Addresses();

    /// <summary>Absolute paths with at least two parts.</summary>
    [GeneratedRegex(@"(?<![\w./])/([\w.@+~-]+/)+[\w.@+~-]*|\b[a-zA-Z]:\\[^\s""'<>]+", RegexOptions.ExplicitCapture)]
    private static partial Regex Paths();
}
