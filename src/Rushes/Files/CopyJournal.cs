namespace Rushes.Files;

/// <summary>
/// The files whose copies were held against them, in a text file of one line each. Losing the end of it costs reading those
/// files again, nothing more.
/// </summary>
public sealed class CopyJournal : IDisposable
{
    private readonly HashSet<string> held;
    private readonly StreamWriter writer;
    private readonly Lock gate = new();

    /// <param name="title">Which copy it is of; a journal with another title is begun anew.</param>
    public CopyJournal(string path, string title)
    {
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        var same = lines.Length > 0 && lines[0] == title;
        held = same ? [.. lines.Skip(1)] : [];
        writer = new StreamWriter(path, append: same) { AutoFlush = true };
        // The last line may have been cut off; what begins now must not be joined to it.
        writer.WriteLine(same ? "" : title);
    }

    public bool Holds(StoredFile file)
    {
        lock (gate) return held.Contains(Line(file));
    }

    public void Add(StoredFile file)
    {
        lock (gate)
            if (held.Add(Line(file))) writer.WriteLine(Line(file));
    }

    public void Dispose() => writer.Dispose();

    /// <summary>The tag changes with the content. Keys hold no line breaks.</summary>
    private static string Line(StoredFile file) => $"{file.Tag} {file.Bytes} {file.Key}";
}
