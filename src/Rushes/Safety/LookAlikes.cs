using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Rushes.Safety;

/// <summary>
/// What characters look like. The program runs without ICU, where <see cref="string.Normalize()"/> only handles ASCII, so the
/// relevant compatibility forms of Unicode are listed here: accents, full-width, circled, mathematical and small-capital
/// letters, and the Cyrillic and Greek letters, digits and signs that look like Latin letters.
/// </summary>
internal static class LookAlikes
{
    /// <summary>The maximum length of a <see cref="Reading"/> of one character.</summary>
    public const int MaxLetters = 3;

    private const int FullWidth = 0xFF01 - '!';

    /// <summary>Letters by code point from the first; '.' for those that look like no letter.</summary>
    private static readonly (int First, string Letters)[] Blocks =
    [
        (0x00C0,
            "aaaaaa.ceeeeiiiidnooooo.ouuuuyp.aaaaaa.ceeeeiiiidnooooo.ouuuuypyaaaaaaccccccccddddee"
            + "eeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllll..llnnnnnn.nnoooooo..rrrrrrsssssssstttttt"
            + "uuuuuuuuuuuuwwyyyzzzzzzsbbbb...ccdddd.eeeffg..iikkl..nnooo..pp.....ttttuu.vyyzz....."
            + ".................aaiioouuuuuuuuuueaaaa....ggkkoooo..j...gg..nnaa....aaaaeeeeiiiioooo"
            + "rrrruuuusstt..hhnd....aaeeooooooooyylntj..accltsz..bu.eejjqqrryy"),
        (0x0250,
            "aaabocddeeee...jgggy.hhhiiilll.mmmnnno.w.rrrrrrrrrs....ttuuvvwyyzzzz.....beghjklq"),
        (0x1D00,
            "a..bcddeeijklmnoco.o....prrtuu.mvwz.........a.b.de.ghijklmn.o.prtuwa...bde...g.km.o."
            + "..ptu..v......iruv....."),
        (0x1E00,
            "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooo"
            + "pppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy.s....aaaaaaaa"
            + "aaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy"),
        (0x2071,
            "i.............n................aeox.hklmnpst"),
        (0x2102,
            "c.......ghhhh.iill.n...pqrrr......z...z.kabc.eef.mo....i...........ddeij"),
        (0x249C,
            "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"),
    ];

    /// <summary>A character and the letter it looks like.</summary>
    private static readonly string[] Pairs =
    [
        // Cyrillic
        "аa", "вb", "гr", "ԁd", "еe", "ёe", "єe", "ѐe", "һh", "нh", "іi", "їi", "иu", "йu", "јj", "кk", "ӏl", "мm", "пn", "оo",
        "ӧo", "рp", "ԛq",
        "сc", "ѕs", "тt", "уy", "ўy", "үy", "ѵv", "ԝw", "ѡw", "шw", "хx", "ҳx", "ьb",
        // Greek
        "αa", "άa", "βb", "ϲc", "εe", "έe", "ηn", "ήn", "ιi", "ίi", "ϊi", "κk", "μm", "νv", "οo", "όo", "σo", "ρp", "τt", "υu",
        "ύu", "χx", "γy", "ωw", "ώw", "ζz",
        // Armenian, Cherokee, and others
        "օo", "ոn", "սu", "հh", "ցg", "զq", "Ꭺa", "Ᏼb", "Ꮯc", "Ꭰd", "Ꭼe", "Ꮐg", "Ꮋh", "Ꮖi", "Ꭻj", "Ꮶk", "Ꮮl", "Ꮇm", "Ꮲp", "Ꮪs",
        "Ꭲt", "Ꮩv", "Ꮃw", "Ꮓz", "ꓮa", "ꓰe", "ꓓd", "ꓠn", "ꓴu", "ꓳo",
    ];

    /// <summary>Capital letters that look like another letter than their small form.</summary>
    private static readonly string[] Capitals = ["Ηh", "Νn", "Υy"];

    private static readonly string[] Ligatures =
    [
        "ßss", "ẞss", "æae", "Æae", "œoe", "Œoe", "ĳij", "Ĳij", "ﬀff", "ﬁfi", "ﬂfl", "ﬃffi", "ﬄffl", "ﬅst", "ﬆst",
    ];

    private static readonly Reading[] Ascii = MakeAscii();
    private static readonly FrozenDictionary<int, Reading> Known = MakeKnown();
    private static readonly char[] PlainLetters = [.. Ascii.Select(each =>
        each is { Kind: ReadingKind.Letter, Other: '\0', Second: '\0', Traits: GlyphTraits.None } ? each.Letter : '\0')];

    /// <summary>The letter of an ASCII character that can be read in no other way; 0 for all others.</summary>
    public static char PlainLetter(char character) => character < PlainLetters.Length ? PlainLetters[character] : '\0';

    /// <summary>Reads the character at a position and moves past it.</summary>
    public static Reading Read(ReadOnlySpan<char> text, ref int at)
    {
        if (text[at] < 128) return Ascii[text[at++]];
        Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
        at += length;
        return Read(rune);
    }

    private static Reading Read(Rune rune)
    {
        var code = rune.Value;
        if (code is >= 0x3400 and <= 0x9FFF) return Reading.Of((char)code, GlyphTraits.Unspaced);
        if (Known.TryGetValue(code, out var known)) return known;
        return code switch
        {
            >= '!' + FullWidth and <= '~' + FullWidth => Ascii[code - FullWidth],
            >= 0x1D400 and <= 0x1D6A3 => Reading.Of((char)('a' + (code - 0x1D400) % 26)),
            >= 0x1D7CE and <= 0x1D7FF => Ascii['0' + (code - 0x1D7CE) % 10],
            // In parentheses, squares and circles, and the letters of flags.
            >= 0x1F110 and <= 0x1F129 => Reading.Of((char)('a' + code - 0x1F110)),
            >= 0x1F130 and <= 0x1F149 => Reading.Of((char)('a' + code - 0x1F130)),
            >= 0x1F150 and <= 0x1F169 => Reading.Of((char)('a' + code - 0x1F150)),
            >= 0x1F170 and <= 0x1F189 => Reading.Of((char)('a' + code - 0x1F170)),
            >= 0x1F1E6 and <= 0x1F1FF => Reading.Of((char)('a' + code - 0x1F1E6)),
            // Hangul fillers and the empty Braille cell are invisible.
            0x115F or 0x1160 or 0x3164 or 0xFFA0 => new Reading(ReadingKind.Nothing),
            0x2800 => new Reading(ReadingKind.Space),
            _ => ByCategory(rune),
        };
    }

    private static Reading ByCategory(Rune rune)
    {
        if (Rune.IsWhiteSpace(rune)) return new Reading(ReadingKind.Space);
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
                or UnicodeCategory.Control:
                return new Reading(ReadingKind.Nothing);
            case UnicodeCategory.DecimalDigitNumber or UnicodeCategory.OtherNumber when rune.IsBmp
                && CharUnicodeInfo.GetDigitValue((char)rune.Value) is >= 0 and var digit:
                return Ascii['0' + digit];
            case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter:
                return Letter(Rune.ToLowerInvariant(rune));
            case UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.LetterNumber:
                return Letter(rune);
            default:
                return new Reading(ReadingKind.Mark);
        }
    }

    private static Reading Letter(Rune rune)
    {
        var traits = IsUnspaced(rune.Value) ? GlyphTraits.Unspaced : GlyphTraits.None;
        if (rune.IsBmp) return Reading.Of((char)rune.Value, traits);
        Span<char> pair = stackalloc char[2];
        rune.EncodeToUtf16(pair);
        return Reading.Of(pair[0], traits) with { Second = pair[1] };
    }

    /// <summary>
    /// Thai, Lao, Myanmar, Khmer, and everything from the CJK radicals on: Han, kana, Hangul (whose particles are attached to
    /// the word).
    /// </summary>
    private static bool IsUnspaced(int code) =>
        code is (>= 0x0E00 and < 0x0F00) or (>= 0x1000 and < 0x10A0) or (>= 0x1780 and < 0x1800) or >= 0x2E80;

    private static Reading[] MakeAscii()
    {
        var readings = new Reading[128];
        for (var c = '\0'; c < 128; c++)
            readings[c] =
                char.IsAsciiLetter(c) ? Reading.Of(char.ToLowerInvariant(c))
                : char.IsWhiteSpace(c) ? new Reading(ReadingKind.Space)
                : char.IsControl(c) ? new Reading(ReadingKind.Nothing)
                : new Reading(ReadingKind.Mark);
        string[] groups = ["0o", "1il", "2z", "3e", "4a", "5s", "6gb", "7t", "8b", "9g", "@a", "$s", "!il", "|li", "+t"];
        foreach (var group in groups)
            readings[group[0]] = StandIn(group);
        return readings;
    }

    private static FrozenDictionary<int, Reading> MakeKnown()
    {
        var known = new Dictionary<int, Reading>();
        foreach (var (first, letters) in Blocks)
            for (var i = 0; i < letters.Length; i++)
                if (letters[i] != '.') known[first + i] = Reading.Of(letters[i]);
        foreach (var pair in Pairs)
        {
            known[pair[0]] = Reading.Of(pair[1]);
            known.TryAdd(char.ToUpperInvariant(pair[0]), Reading.Of(pair[1]));
        }
        foreach (var capital in Capitals) known[capital[0]] = known[capital[0]] with { Other = capital[1] };
        foreach (var ligature in Ligatures)
            known[ligature[0]] = Reading.Of(ligature[1]) with
            {
                Second = ligature[2], Third = ligature.Length > 3 ? ligature[3] : '\0',
            };
        foreach (var sign in (string[])["€e", "£l", "¢c", "¥y"]) known[sign[0]] = StandIn(sign);
        return known.ToFrozenDictionary();
    }

    private static Reading StandIn(string stand) => new(
        ReadingKind.Letter, stand[1], stand.Length > 2 ? stand[2] : '\0',
        char.IsDigit(stand[0]) ? GlyphTraits.StandsIn : GlyphTraits.StandsIn | GlyphTraits.Sign);
}
