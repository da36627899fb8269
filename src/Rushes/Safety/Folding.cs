namespace Rushes.Safety;

/// <summary>
/// Normalizes a text to the letters that a reader sees: lower case, without accents and look-alike characters, each with what
/// preceded it. It does not join letters; the search decides whether <c>n-u-d-e</c> is one word.
/// </summary>
internal static class Folding
{
    /// <summary>The maximum number of letters for a text of this length.</summary>
    public static int Room(int length) => length * LookAlikes.MaxLetters;

    /// <param name="glyphs">At least <see cref="Room"/> elements.</param>
    public static FoldedText Fold(ReadOnlySpan<char> text, Span<Glyph> glyphs)
    {
        var count = 0;
        var before = GlyphTraits.None;
        for (var at = 0; at < text.Length;)
        {
            // Most characters of most texts.
            if (LookAlikes.PlainLetter(text[at]) is not '\0' and var plain)
            {
                if (before != GlyphTraits.None || !EndsInThree(glyphs, count, plain))
                    glyphs[count++] = new Glyph(plain, '\0', before);
                before = GlyphTraits.None;
                at++;
                continue;
            }
            if (text[at] == ' ')
            {
                before |= GlyphTraits.Gap | GlyphTraits.Space;
                at++;
                continue;
            }
            var reading = LookAlikes.Read(text, ref at);
            switch (reading.Kind)
            {
                case ReadingKind.Nothing:
                    break;
                case ReadingKind.Mark:
                    before |= GlyphTraits.Gap;
                    break;
                case ReadingKind.Space:
                    before |= GlyphTraits.Gap | GlyphTraits.Space;
                    break;
                // More than three equal letters mean the same as three.
                case ReadingKind.Letter when before == GlyphTraits.None
                    && reading.Second == '\0'
                    && EndsInThree(glyphs, count, reading.Letter):
                    break;
                default:
                    glyphs[count++] = new Glyph(reading.Letter, reading.Other, reading.Traits | before);
                    if (reading.Second != '\0') glyphs[count++] = new Glyph(reading.Second, '\0', reading.Traits);
                    if (reading.Third != '\0') glyphs[count++] = new Glyph(reading.Third, '\0', reading.Traits);
                    before = GlyphTraits.None;
                    break;
            }
        }
        return new FoldedText(glyphs[..count]);
    }

    private static bool EndsInThree(ReadOnlySpan<Glyph> glyphs, int count, char letter) =>
        count > 2 && glyphs[count - 1].Letter == letter && glyphs[count - 2].Letter == letter
        && glyphs[count - 3].Letter == letter
        && !glyphs[count - 1].Is(GlyphTraits.Gap) && !glyphs[count - 2].Is(GlyphTraits.Gap);
}
