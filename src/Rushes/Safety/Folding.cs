namespace Rushes.Safety;

/// <summary>
/// A text as a reader sees its words: letters alone, in lower case, without accents and disguises, each knowing what stood
/// before it. Nothing is joined here: whether <c>n-u-d-e</c> is one word is decided where a word is looked for.
/// </summary>
internal static class Folding
{
    /// <summary>Letters that a text of this length may fold to.</summary>
    public static int Room(int length) => length * LookAlikes.MostLetters;

    /// <summary>Returns how many there are.</summary>
    /// <param name="glyphs">With <see cref="Room"/> for all.</param>
    public static int Fold(ReadOnlySpan<char> text, Span<Glyph> glyphs)
    {
        var count = 0;
        var before = GlyphTraits.None;
        for (var at = 0; at < text.Length;)
        {
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
                // A fourth of the same says nothing more than the third.
                case ReadingKind.Letter when before == GlyphTraits.None && reading.More is null && EndsIn(glyphs[..count], reading.Letter, 3):
                    break;
                default:
                    glyphs[count++] = new Glyph(reading.Letter, reading.Other, reading.Traits | before);
                    foreach (var more in reading.More.AsSpan()) glyphs[count++] = new Glyph(more, '\0', reading.Traits);
                    before = GlyphTraits.None;
                    break;
            }
        }
        Place(glyphs[..count]);
        return count;
    }

    /// <summary>Marks where words may begin, which gaps may lie within one, and repeated letters.</summary>
    private static void Place(Span<Glyph> glyphs)
    {
        for (var i = 0; i < glyphs.Length; i++)
        {
            ref var glyph = ref glyphs[i];
            if (i == 0 || glyph.Is(GlyphTraits.Gap) || Differ(glyph, glyphs[i - 1])) glyph.Traits |= GlyphTraits.Start;
            if (i > 0 && glyph.Is(GlyphTraits.Gap) && (!glyph.Is(GlyphTraits.Space) || (IsSingle(glyphs, i - 1) && IsSingle(glyphs, i)))) glyph.Traits |= GlyphTraits.Loose;
            if (i > 1 && glyphs[i - 1].Letter == glyph.Letter && !glyph.Is(GlyphTraits.Gap) && EndsIn(glyphs[..i], glyph.Letter, 2))
            {
                glyph.Traits |= GlyphTraits.Repeat;
                glyphs[i - 1].Traits |= GlyphTraits.Repeat;
            }
        }
    }

    /// <summary>Digits end a word (<c>nude18</c>), and each character of an unspaced script may be one.</summary>
    private static bool Differ(Glyph glyph, Glyph before) =>
        glyph.Is(GlyphTraits.StandsIn) != before.Is(GlyphTraits.StandsIn) || glyph.Is(GlyphTraits.Unspaced) || before.Is(GlyphTraits.Unspaced);

    private static bool IsSingle(ReadOnlySpan<Glyph> glyphs, int at) =>
        glyphs[at].Is(GlyphTraits.Unspaced)
        || ((at == 0 || glyphs[at].Is(GlyphTraits.Gap)) && (at + 1 == glyphs.Length || glyphs[at + 1].Is(GlyphTraits.Gap)));

    /// <summary>The last so many are this letter, with nothing between.</summary>
    private static bool EndsIn(ReadOnlySpan<Glyph> glyphs, char letter, int times)
    {
        if (glyphs.Length < times || glyphs[^1].Letter != letter) return false;
        for (var i = glyphs.Length - times; i < glyphs.Length; i++)
            if (glyphs[i].Letter != letter || (i > glyphs.Length - times && glyphs[i].Is(GlyphTraits.Gap))) return false;
        return true;
    }
}
