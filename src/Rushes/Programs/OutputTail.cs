using System.Text;

namespace Rushes.Programs;

/// <summary>The end of a program's output, at most 64 KB; of both streams in the order they were read.</summary>
internal sealed class OutputTail
{
    private const int Kept = 64 * 1024;
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();

    public void Write(ReadOnlySpan<char> more)
    {
        lock (gate)
        {
            text.Append(more);
            if (text.Length > 2 * Kept) text.Remove(0, text.Length - Kept);
        }
    }

    /// <summary>Reads a stream to its end.</summary>
    public async Task ReadAsync(TextReader reader)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0) Write(buffer.AsSpan(0, count));
    }

    public override string ToString()
    {
        lock (gate) return Excerpt.End(text.ToString(), Kept);
    }
}
