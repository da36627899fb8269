using System.Text.RegularExpressions;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests;

public sealed partial class ExcerptTests
{
    [Theory]
    [InlineData("short", "short")]
    [InlineData("exactly 10", "exactly 10")]
    [InlineData("more than 10", "more th...")]
    [InlineData("six of \U0001F600\U0001F600", "six of ...")]
    [InlineData("sixty \U0001F600\U0001F600\U0001F600", "sixty ...")]
    [InlineData("famil\U0001F468\u200D\U0001F469\u200D\U0001F467", "famil...")]
    [InlineData("letters\u0065\u0301\u0065\u0301", "letters...")]
    [InlineData("letter\u0065\u0301\u0065\u0301s", "letter...")]
    public void A_text_is_cut_between_characters(string text, string shown) => Assert.Equal(shown, Excerpt.Of(text, 10));

    [Fact]
    public void A_character_that_is_too_long_by_itself_is_cut_between_code_points()
    {
        Assert.Equal("a\u0301\u0301", Excerpt.Start("a" + new string('\u0301', 100), 3));
        Assert.Equal("", Excerpt.Start("\U0001F600", 1));
        Assert.Equal("ab", Excerpt.End("\U0001F600ab", 3));
        Assert.Equal("\U0001F600ab", Excerpt.End("x\U0001F600ab", 4));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(" \t\r\n\u00A0\u3000\u2028", true)]
    [InlineData("\0\u0001\u007F", true)]
    [InlineData("\u200B\u200C\u200D\u2060\uFEFF\u00AD\u180E", true)]
    [InlineData("\u3164\u115F\uFFA0\u2800\uFE0F\U000E0020", true)]
    [InlineData("\u200B.", false)]
    [InlineData("\U0001F600", false)]
    [InlineData("\u0301", false)]
    public void A_text_without_anything_visible_is_blank(string text, bool blank) => Assert.Equal(blank, BlankText.Is(text));

    [Fact]
    public void No_other_code_shortens_texts()
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(RoomTests.Root(), "src"), "*.cs", SearchOption.AllDirectories))
            if (Path.GetFileName(path) != "Excerpt.cs")
                foreach (var (line, text) in File.ReadLines(path).Index())
                    Assert.False(Cuts().IsMatch(text), $"{path}:{line + 1} cuts a text; use Excerpt");
    }

    /// <summary>What cuts of texts look like: a beginning with dots behind it, or one of the longest allowed length.</summary>
    [GeneratedRegex("""AsSpan\(0, [^)]*\), "(\.\.\.|…)"|\[\.\.(Longest|Most|Max|Kept)\w*\]|Substring\(0""")]
    private static partial Regex Cuts();
}
