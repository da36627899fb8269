using System.Text.Json;
using Rushes.Catalog;

namespace Rushes.Safety;

/// <summary>Reads the built-in list and extends it with the operator's file.</summary>
public static class SafetyListReader
{
    /// <param name="path">The operator's file; null for the built-in list only.</param>
    /// <exception cref="FormatException">File, line and reason.</exception>
    public static SafetyList Read(string? path = null)
    {
        var builtIn = BuiltIn();
        return path is null ? Build(builtIn) : Build(builtIn, (path, Open(path)));
    }

    /// <param name="files">Name and text of each; later ones take precedence.</param>
    internal static SafetyList Build(params ReadOnlySpan<(string Name, byte[] Text)> files)
    {
        var categories = new OrderedDictionary<string, Action<SafetyList>>();
        foreach (var (name, text) in files)
            foreach (var (category, entry) in Parse(name, text).Categories)
                categories[category] = list =>
                    Add(list, category, entry, (reason, part) => Error(name, text, reason, category, part));

        var safety = new SafetyList();
        foreach (var add in categories.Values) add(safety);
        return safety;
    }

    private static void Add(SafetyList list, string category, CategoryEntry entry, Func<string, string, FormatException> error)
    {
        if (entry is not { Words: not null, Together: not null } || entry.Words.Contains(null!)
            || entry.Together.Exists(row => row is null || row.Contains(null!)))
            throw error("null is no list and no word", "words");
        if (entry.Words.Count > 0) AddPart(entry.Words, list.AddRule(category, 1), 0, "words");
        if (entry.Together.Count == 0) return;
        if (entry.Together.Count is 1 or > 64 || entry.Together.Exists(row => row.Count == 0))
            throw error("together takes 2 to 64 rows of words, of each of which one must be in the text", "together");
        var rule = list.AddRule(category, entry.Together.Count);
        for (var part = 0; part < entry.Together.Count; part++) AddPart(entry.Together[part], rule, part, "together");

        void AddPart(List<string> words, int rule, int part, string field)
        {
            foreach (var word in words)
                if (!list.AddWord(word, rule, part)) throw error($"\"{word}\" has fewer than two letters", field);
        }
    }

    private static SafetyFile Parse(string name, byte[] text)
    {
        try
        {
            return JsonSerializer.Deserialize<SafetyFile>(text, CatalogJson.Options)
                ?? throw new FormatException($"{name}:1: the list is null; it must be an object");
        }
        catch (JsonException error)
        {
            var reason = error.Message;
            var cut = reason.IndexOf(" Path:", StringComparison.Ordinal);
            if (cut > 0) reason = $"{reason[..cut]} (at {error.Path})";
            throw new FormatException($"{name}:{error.LineNumber + 1}: {reason}");
        }
    }

    private static FormatException Error(string name, byte[] text, string reason, string category, string part) =>
        new($"{name}:{JsonLines.Find(text, ["categories", category, part])}: categories.{category}: {reason}");

    private static byte[] Open(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{path}: cannot be read: {error.Message}");
        }
    }

    private static (string Name, byte[] Text) BuiltIn()
    {
        using var stream = typeof(SafetyListReader).Assembly.GetManifestResourceStream("safety.json")!;
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return ("safety.json (built-in)", text);
    }

    private sealed record SafetyFile
    {
        public required Dictionary<string, CategoryEntry> Categories { get; init; }
    }

    private sealed record CategoryEntry
    {
        /// <summary>Each of these words is rejected.</summary>
        public List<string> Words { get; init; } = [];

        /// <summary>Rejected if one word of each row occurs.</summary>
        public List<List<string>> Together { get; init; } = [];
    }
}
