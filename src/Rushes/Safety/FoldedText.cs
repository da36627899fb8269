namespace Rushes.Safety;

/// <summary>The letters of a normalized text and their context, evaluated only where a word of the list could be.</summary>
internal readonly ref struct FoldedText(ReadOnlySpan<Glyph> glyphs)
{
    private readonly ReadOnlySpan<Glyph> glyphs = glyphs;

    public int Length => glyphs.Length;

    public Glyph this[int at] => glyphs[at];

    /// <summary>
    /// A word may start here, and the previous one end. Digits end a word (<c>nude18</c>), and in a script without spaces
    /// each character may be a word.
    /// </summary>
    public bool IsStart(int at)
    {
        if (at == 0) return true;
        var (traits, before) = (glyphs[at].Traits, glyphs[at - 1].Traits);
        return (traits & GlyphTraits.Gap) != 0
            || ((traits | before) & GlyphTraits.Unspaced) != 0
            || ((traits ^ before) & GlyphTraits.StandsIn) != 0;
    }

    /// <summary>The gap before it may be within a word: only punctuation, or white space between single letters.</summary>
    public bool IsLoose(int at) => !glyphs[at].Is(GlyphTraits.Space) || (IsSingle(at - 1) && IsSingle(at));

    /// <summary>One of three or more equal letters, and not the first.</summary>
    public bool IsRepeat(int at) => RepeatsLast(at) && (RepeatsLast(at - 1) || RepeatsLast(at + 1));

    private bool RepeatsLast(int at) =>
        at > 0 && at < glyphs.Length && glyphs[at].Letter == glyphs[at - 1].Letter && !glyphs[at].Is(GlyphTraits.Gap);

    private bool IsSingle(int at) =>
        glyphs[at].Is(GlyphTraits.Unspaced)
        || ((at == 0 || glyphs[at].Is(GlyphTraits.Gap)) && (at + 1 == glyphs.Length || glyphs[at + 1].Is(GlyphTraits.Gap)));
}
