using System.Globalization;
using System.Text;

namespace Rushes.Draft;

/// <summary>Breaks a prompt into a few short lines that fit a frame, between grapheme clusters.</summary>
internal static class Caption
{
    /// <summary>More combining marks than this on one character are not text.</summary>
    private const int MaxCharacterLength = 16;

    /// <summary>Punctuation that does not start a line.</summary>
    private const string ClosingMarks = ",.;:!?)]}’”»、。，．；：！？）］｝」』〉》】…ー々،؛؟।";

    /// <summary>The lines in reading order; <paramref name="width"/> is in units of the line height.</summary>
    public static IReadOnlyList<string> Lines(string prompt, double width, int most)
    {
        var words = Words(Clean(prompt));
        var room = width * most;
        var all = words.Sum(word => word.Sum(WidthOf) + WidthOf(" "));
        // Lines of equal length look better than a full line above a single word.
        var line = all <= width
            ? width
            : Math.Min(width, Math.Max(width * 0.6, all / Math.Ceiling(Math.Min(all, room) / width) * 1.08));
        var lines = Wrap(words, line);
        if (lines.Count > most && line < width) lines = Wrap(words, width);
        if (lines.Count <= most) return lines;
        return [.. lines.Take(most - 1), Shortened(lines[most - 1], width)];
    }

    private static List<string> Wrap(IEnumerable<IReadOnlyList<string>> words, double width)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        var used = 0.0;
        foreach (var word in words)
        {
            var length = word.Sum(WidthOf);
            if (used > 0 && used + WidthOf(" ") + length <= width)
            {
                line.Append(' ');
                used += WidthOf(" ");
            }
            else if (used > 0 && length <= width)
            {
                Break();
            }
            else if (used > 0)
            {
                line.Append(' ');
                used += WidthOf(" ");
            }
            foreach (var character in word)
            {
                // Longer than a line, or without spaces: broken where the line is full.
                if (used > 0 && used + WidthOf(character) > width && !ClosingMarks.Contains(character[0])) Break();
                line.Append(character);
                used += WidthOf(character);
            }
        }
        if (used > 0) Break();
        return lines;

        void Break()
        {
            lines.Add(line.ToString());
            line.Clear();
            used = 0;
        }
    }

    private static string Shortened(string line, double width)
    {
        var characters = Characters(line).ToList();
        while (characters.Count > 0 && characters.Sum(WidthOf) + WidthOf("…") > width) characters.RemoveAt(characters.Count - 1);
        return string.Concat(characters).TrimEnd(' ', ',', '.', ';', '،', '、', '。') + "…";
    }

    private static List<IReadOnlyList<string>> Words(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => Characters(word).ToList())];

    private static IEnumerable<string> Characters(string text)
    {
        var all = StringInfo.GetTextElementEnumerator(text);
        while (all.MoveNext())
        {
            yield return Excerpt.Start(all.GetTextElement(), MaxCharacterLength).ToString();
        }
    }

    /// <summary>Without control characters, unpaired surrogates, direction marks, and emoji, which text fonts lack.</summary>
    private static string Clean(string prompt)
    {
        var clean = new StringBuilder();
        foreach (var rune in prompt.EnumerateRunes())
        {
            if (clean.Length > 1000) break;
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune)) clean.Append(' ');
            else if (rune != Rune.ReplacementChar && !IsUnwanted(rune)) clean.Append(rune);
        }
        return clean.ToString();
    }

    private static bool IsUnwanted(Rune rune) =>
        rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFEFF or 0xFFFC or 0xFE0F
            or (>= 0x1F000 and < 0x1F600) or (> 0x1F640 and <= 0x1FAFF) or (>= 0xE0000 and <= 0xE0FFF)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;

    /// <summary>Estimated for the widest font, in units of the line height.</summary>
    private static double WidthOf(string character)
    {
        if (!Rune.TryGetRuneAt(character, 0, out var rune)) return 0.5;
        return rune.Value switch
        {
            ' ' or 'i' or 'l' or 'j' or '.' or ',' or '\'' or ':' or ';' or '!' or '|' or 'I' or 'f' or 't' or 'r' => 0.28,
            'm' or 'w' or 'M' or 'W' or '@' or '%' => 0.72,
            >= 'A' and <= 'Z' => 0.58,
            < 0x1100 => 0.49,
            (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
                or (>= 0xFE30 and <= 0xFE4F) or (>= 0xFF00 and <= 0xFF60) or >= 0x1F000 => 0.85,
            _ => 0.6,
        };
    }
}
