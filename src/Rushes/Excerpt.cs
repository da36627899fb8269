using System.Globalization;

namespace Rushes;

/// <summary>The only place that shortens text: it cuts between characters as people see them, never within one.</summary>
public static class Excerpt
{
    /// <summary>The beginning of a text, with a mark at its end if it was cut; the mark is part of the length.</summary>
    public static string Of(string text, int maxLength = 80, string mark = "...") =>
        text.Length <= maxLength ? text : string.Concat(Start(text, maxLength - mark.Length), mark);

    /// <summary>The longest beginning of at most so many UTF-16 units.</summary>
    public static ReadOnlySpan<char> Start(ReadOnlySpan<char> text, int maxLength)
    {
        if (text.Length <= maxLength) return text;
        var end = 0;
        while (StringInfo.GetNextTextElementLength(text[end..]) is var length && end + length <= maxLength) end += length;
        if (end > 0 || maxLength == 0) return text[..end];
        // A letter can carry more marks than there is space for.
        return text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
    }

    /// <summary>The end of a text, at most so many UTF-16 units. Only surrogate pairs are kept together.</summary>
    public static string End(string text, int maxLength)
    {
        if (text.Length <= maxLength) return text;
        var start = text.Length - maxLength;
        return text[(maxLength > 0 && char.IsLowSurrogate(text[start]) ? start + 1 : start)..];
    }
}
