namespace Rushes.Safety;

/// <summary>What one character of a text is taken for.</summary>
/// <param name="Letter">In lower case, of the Latin alphabet where it looks like one.</param>
/// <param name="Other">A second letter that it may stand for, as 1 does for i and l; 0 for none.</param>
/// <param name="Second">What a ligature holds after the first letter; 0 for nothing.</param>
/// <param name="Third">And after that.</param>
internal readonly record struct Reading(
    ReadingKind Kind, char Letter = '\0', char Other = '\0', GlyphTraits Traits = GlyphTraits.None, char Second = '\0',
    char Third = '\0')
{
    public static Reading Of(char letter, GlyphTraits traits = GlyphTraits.None) =>
        new(ReadingKind.Letter, letter, Traits: traits);
}

internal enum ReadingKind : byte
{
    Letter,

    /// <summary>White space.</summary>
    Space,

    /// <summary>Punctuation, symbols, emoji.</summary>
    Mark,

    /// <summary>Not seen by readers: accents, zero-width characters.</summary>
    Nothing,
}

/// <summary>A letter of a folded text.</summary>
internal readonly record struct Glyph(char Letter, char Other, GlyphTraits Traits)
{
    public bool Is(GlyphTraits trait) => (Traits & trait) != 0;
}

[Flags]
internal enum GlyphTraits : byte
{
    None = 0,

    /// <summary>Something that is no letter stands before it.</summary>
    Gap = 1,

    /// <summary>White space is in the gap.</summary>
    Space = 2,

    /// <summary>A digit or sign that may stand for a letter.</summary>
    StandsIn = 4,

    /// <summary>A sign among those: it may as well be punctuation.</summary>
    Sign = 8,

    /// <summary>Of a script that puts no spaces between words.</summary>
    Unspaced = 16,
}
