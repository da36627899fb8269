using System.Text;
using System.Text.RegularExpressions;

namespace Rushes.Engines.Process;

/// <summary>A piece of a program's output.</summary>
internal readonly record struct OutputLine(string Text, bool IsError);

/// <summary>
/// Splits a program's output at <c>\r</c> and <c>\n</c>, without colors and cursor movements. A progress bar's piece ends
/// only when the next one begins, so the rest of each read is passed on too, and again when it is complete.
/// </summary>
internal sealed partial class OutputLines(bool isError, Action<OutputLine> onLine)
{
    private const int MaxLength = 16 * 1024;
    private readonly StringBuilder line = new();

    public void Write(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny('\r', '\n') is >= 0 and var end)
        {
            Add(text[..end]);
            Flush();
            line.Clear();
            text = text[(end + 1)..];
        }
        Add(text);
        Flush();
    }

    private void Add(ReadOnlySpan<char> text) => line.Append(Excerpt.Start(text, MaxLength - line.Length));

    private void Flush()
    {
        if (line.Length == 0) return;
        var plain = Escapes().Replace(line.ToString(), "").Trim();
        if (plain.Length > 0) onLine(new OutputLine(plain, isError));
    }

    [GeneratedRegex(@"\x1b\[[0-9;?]*[ -/]*[@-~]")]
    private static partial Regex Escapes();
}
