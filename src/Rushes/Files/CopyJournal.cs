namespace Rushes.Files;

/// <summary>
/// A list of verified copies, in a text file with one line each. If its end is lost, those files are only verified again.
/// </summary>
public sealed class CopyJournal : IDisposable
{
    private readonly HashSet<string> held;
    private readonly StreamWriter writer;
    private readonly Lock gate = new();

    /// <param name="title">Identifies the copy; a journal with another title is overwritten.</param>
    public CopyJournal(string path, string title)
    {
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        var same = lines.Length > 0 && lines[0] == title;
        held = same ? [.. lines.Skip(1)] : [];
        writer = new StreamWriter(path, append: same) { AutoFlush = true };
        // The last line may be incomplete; a line break separates it.
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

    /// <summary>The tag changes with the content. Keys contain no line breaks.</summary>
    private static string Line(StoredFile file) => $"{file.Tag} {file.Bytes} {file.Key}";
}
