namespace Rushes.Safety;

/// <summary>
/// A tree of the letters of words and phrases. A text is matched from each position where a word may start.
/// </summary>
internal sealed class WordTree
{
    /// <summary>The edge between two words of a phrase; any gap matches it, even none.</summary>
    public const char Space = ' ';

    /// <summary>With more branches than this, letters are looked up in a dictionary.</summary>
    private const int Few = 4;

    private char[] letters = [];
    private WordTree[] branches = [];
    private WordTree?[]? byAscii;

    /// <summary>The words that end here.</summary>
    public List<Entry> Entries { get; } = [];

    /// <summary>Reached through <see cref="Space"/>.</summary>
    public bool IsAfterSpace { get; private init; }

    /// <summary>The node after <see cref="Space"/>.</summary>
    public WordTree? AfterSpace { get; private set; }

    public bool IsEmpty => branches.Length == 0;

    public WordTree? Find(char letter)
    {
        if (byAscii is not null && letter < byAscii.Length) return byAscii[letter];
        var known = letters;
        for (var i = 0; i < known.Length; i++)
            if (known[i] == letter) return branches[i];
        return null;
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
        if (letter == Space) AfterSpace = branch;
        if (letters.Length > Few)
        {
            byAscii = new WordTree?[128];
            for (var i = 0; i < letters.Length; i++)
                if (letters[i] < byAscii.Length) byAscii[letters[i]] = branches[i];
        }
        return branch;
    }
}

/// <summary>The position of a word in the list.</summary>
/// <param name="Rule">Its rule; lower ones take precedence.</param>
/// <param name="Part">Its part of the rule; all parts of a rule must occur in a text.</param>
/// <param name="Open">It also matches the start of a longer word.</param>
internal sealed record Entry(int Rule, int Part, bool Open);
