namespace Rushes.Safety;

/// <summary>Words and phrases by their letters; a text is walked along it from each place where a word may begin.</summary>
internal sealed class WordTree
{
    /// <summary>The edge between two words of a phrase, which any gap passes, or none.</summary>
    public const char Space = ' ';

    private char[] letters = [];
    private WordTree[] branches = [];

    /// <summary>What ends here.</summary>
    public List<Entry> Entries { get; } = [];

    /// <summary>Reached by <see cref="Space"/>.</summary>
    public bool IsAfterSpace { get; private init; }

    public bool IsEmpty => branches.Length == 0;

    public WordTree? Find(char letter)
    {
        var at = letters.AsSpan().IndexOf(letter);
        return at < 0 ? null : branches[at];
    }

    public void Add(ReadOnlySpan<char> word, Entry entry)
    {
        var tree = this;
        foreach (var letter in word) tree = tree.Find(letter) ?? tree.Grow(letter);
        tree.Entries.Add(entry);
    }

    private WordTree Grow(char letter)
    {
        var branch = new WordTree { IsAfterSpace = letter == Space };
        letters = [.. letters, letter];
        branches = [.. branches, branch];
        return branch;
    }
}

/// <summary>A word's place in the list.</summary>
/// <param name="Rule">The rule it belongs to; smaller ones count first.</param>
/// <param name="Part">Its part of the rule; all parts of a rule must be in a text.</param>
/// <param name="Open">It may be the beginning of a longer word.</param>
internal sealed record Entry(int Rule, int Part, bool Open);
