namespace Rushes;

/// <summary>Suggestions for misspelled names.</summary>
public static class DidYouMean
{
    private const int MaxEdits = 3;

    /// <summary>The end of a sentence, such as <c>; did you mean scale?</c>; empty if no known name is close.</summary>
    public static string For(string name, IEnumerable<string> known) =>
        Nearest(name, known, MaxEdits) is { } nearest ? $"; did you mean {nearest}?" : "";

    /// <summary>The known name that so many edits at most make of this one; null if there is none.</summary>
    public static string? Nearest(string name, IEnumerable<string> known, int maxEdits) =>
        known.MinBy(each => Distance(each, name)) is { } nearest && Distance(nearest, name) <= maxEdits ? nearest : null;

    /// <summary>How many letters must be inserted, deleted, replaced or swapped with the next, whatever the case.</summary>
    private static int Distance(string a, string b)
    {
        (a, b) = (a.ToUpperInvariant(), b.ToUpperInvariant());
        var edits = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }
                var replaced = edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        return edits[a.Length, b.Length];
    }
}
