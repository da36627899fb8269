namespace Rushes.Safety;

/// <summary>How a reader may read one character.</summary>
/// <param name="Letter">In lower case; a Latin letter if it looks like one.</param>
/// <param name="Other">A second possible letter, as 1 can be i or l; 0 for none.</param>
/// <param name="Second">The second letter of a ligature; 0 for none.</param>
/// <param name="Third">The third letter of a ligature.</param>
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

    /// <summary>Invisible: accents, zero-width characters.</summary>
    Nothing,
}

/// <summary>A letter of a normalized text.</summary>
internal readonly record struct Glyph(char Letter, char Other, GlyphTraits Traits)
{
    public bool Is(GlyphTraits trait) => (Traits & trait) != 0;
}

[Flags]
internal enum GlyphTraits : byte
{
    None = 0,

    /// <summary>A character that is not a letter precedes it.</summary>
    Gap = 1,

    /// <summary>The gap contains white space.</summary>
    Space = 2,

    /// <summary>A digit or sign that may replace a letter.</summary>
    StandsIn = 4,

    /// <summary>A sign among those, which may also be punctuation.</summary>
    Sign = 8,

    /// <summary>Of a script without spaces between words.</summary>
    Unspaced = 16,
}
