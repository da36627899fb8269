namespace Rushes.Safety;

/// <summary>What one character of a text is taken for.</summary>
/// <param name="Letter">In lower case, of the Latin alphabet where it looks like one.</param>
/// <param name="Other">A second letter that it may stand for, as 1 does for i and l; 0 for none.</param>
/// <param name="More">The letters after the first that a ligature holds; null for a single letter.</param>
internal readonly record struct Reading(ReadingKind Kind, char Letter = '\0', char Other = '\0', GlyphTraits Traits = GlyphTraits.None, string? More = null)
{
    public static Reading Of(char letter, GlyphTraits traits = GlyphTraits.None) => new(ReadingKind.Letter, letter, Traits: traits);
}

internal enum ReadingKind
{
    Letter,

    /// <summary>White space.</summary>
    Space,

    /// <summary>Punctuation, symbols, emoji.</summary>
    Mark,

    /// <summary>Not seen by readers: accents, zero-width characters.</summary>
    Nothing,
}

/// <summary>A letter of a folded text and where it stands.</summary>
internal record struct Glyph(char Letter, char Other, GlyphTraits Traits)
{
    public readonly bool Is(GlyphTraits trait) => (Traits & trait) != 0;
}

[Flags]
internal enum GlyphTraits : byte
{
    None = 0,

    /// <summary>A word may begin here, and the one before may end.</summary>
    Start = 1,

    /// <summary>Something that is no letter stands before it.</summary>
    Gap = 2,

    /// <summary>That gap may lie within a word: punctuation alone, or white space between single letters.</summary>
    Loose = 4,

    /// <summary>White space is in the gap.</summary>
    Space = 8,

    /// <summary>A digit or sign that may stand for a letter.</summary>
    StandsIn = 16,

    /// <summary>A sign among those: it may as well be punctuation.</summary>
    Sign = 32,

    /// <summary>One of three or more of the same, and not the first.</summary>
    Repeat = 64,

    /// <summary>Of a script that puts no spaces between words.</summary>
    Unspaced = 128,
}
