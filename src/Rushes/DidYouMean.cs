namespace Rushes;

/// <summary>Suggestions for misspelled names.</summary>
public static class DidYouMean
{
    private const int MostEdits = 3;

    /// <summary>The end of a sentence, such as <c>; did you mean scale?</c>; empty if no known name is close.</summary>
    public static string For(string name, IEnumerable<string> known) =>
        Nearest(name, known, MostEdits) is { } nearest ? $"; did you mean {nearest}?" : "";

    /// <summary>The known name that so many edits at most make of this one; null if there is none.</summary>
    public static string? Nearest(string name, IEnumerable<string> known, int mostEdits) =>
        known.MinBy(each => Distance(each, name)) is { } nearest && Distance(nearest, name) <= mostEdits ? nearest : null;

    /// <summary>The Levenshtein distance, whatever the case.</summary>
    private static int Distance(string a, string b)
    {
        (a, b) = (a.ToUpperInvariant(), b.ToUpperInvariant());
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, replaced));
            }
        }
        return row[^1];
    }
}
