using System.Text;

namespace Rushes.Programs;

/// <summary>
/// Reads the lines of a program's output. Of a line without end only the beginning is kept, so that a program that was taken
/// over cannot use up the gateway's memory.
/// </summary>
internal sealed class LineReader(TextReader reader)
{
    /// <summary>In characters; the rest of a longer line is skipped.</summary>
    public const int MaxLength = 64 * 1024;

    private readonly char[] buffer = new char[4096];
    private int start, end;

    /// <summary>Null at the end of the output.</summary>
    public async Task<string?> ReadAsync()
    {
        var line = new StringBuilder();
        var isEmpty = true;
        while (true)
        {
            if (start == end)
            {
                (start, end) = (0, await reader.ReadAsync(buffer));
                if (end == 0) return isEmpty ? null : line.ToString();
            }
            isEmpty = false;
            var rest = buffer.AsMemory(start, end - start);
            var length = rest.Span.IndexOf('\n') is >= 0 and var found ? found : rest.Length;
            line.Append(rest[..Math.Min(length, MaxLength - line.Length)]);
            start += length;
            if (start == end) continue;
            start++;
            return line.ToString().TrimEnd('\r');
        }
    }
}
