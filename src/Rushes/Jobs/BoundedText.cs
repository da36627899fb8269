using System.Text;

namespace Rushes.Jobs;

/// <summary>Limits the length of texts from workers, engines and other programs before they are stored or shown.</summary>
public static class BoundedText
{
    /// <summary>
    /// At most <paramref name="most"/> UTF-16 units, cut between characters; half of a surrogate pair becomes U+FFFD. Control
    /// characters other than line breaks and tabs become spaces.
    /// </summary>
    public static string Cut(string text, int most) => Bound(text, most, "\n\t");

    /// <summary>The same, on one line.</summary>
    public static string Line(string text, int most) => Bound(text, most, "");

    private static string Bound(string text, int most, string allowed)
    {
        if (text.Length <= most && !text.Any(each => char.IsSurrogate(each) || IsBlank(each, allowed))) return text;
        var bounded = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in Excerpt.Start(text, most).EnumerateRunes())
        {
            if (rune.IsBmp && IsBlank((char)rune.Value, allowed)) bounded.Append(' ');
            else bounded.Append(rune);
        }
        return bounded.ToString();
    }

    private static bool IsBlank(char each, string allowed) =>
        (char.IsControl(each) || each is '\u2028' or '\u2029') && !allowed.Contains(each, StringComparison.Ordinal);
}
