using Rushes.Draft;
using Xunit;

namespace Rushes.Tests.Draft;

public sealed class CaptionTests
{
    [Fact]
    public void A_short_prompt_is_one_line() => Assert.Equal(["A quiet lake"], Caption.Lines("  A quiet\n lake ", 30, 2));

    [Fact]
    public void A_long_prompt_is_cut_with_an_ellipsis()
    {
        var lines = Caption.Lines(string.Join(' ', Enumerable.Repeat("wandering", 500)), 20, 3);

        Assert.Equal(3, lines.Count);
        Assert.EndsWith("…", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void What_people_see_as_one_character_is_never_cut()
    {
        foreach (var line in Caption.Lines(string.Concat(Enumerable.Repeat("é", 300)), 10, 2))
            Assert.False(line.StartsWith('́'));
    }

    [Fact]
    public void Writing_without_spaces_is_broken_before_no_closing_mark()
    {
        var lines = Caption.Lines(string.Concat(Enumerable.Repeat("海上日落。", 12)), 9, 3);

        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.NotEqual('。', line[0]));
    }

    [Theory]
    [InlineData(@"a\Nb", "a\\\u2060Nb")]
    [InlineData(@"{\b1}", "\\{\\\u2060b1\\}")]
    [InlineData("line\nDialogue: 0", "line Dialogue: 0")]
    public void Escaped_text_is_drawn_as_it_reads(string text, string escaped) => Assert.Equal(escaped, AssScript.Escape(text));

    /// <summary>libass ignores the fields of a style that its format does not name on the same line.</summary>
    [Fact]
    public async Task The_script_s_style_has_a_value_for_each_field_of_its_format()
    {
        using var folder = new TempFolder();
        await new AssScript(640, 360).SaveAsync(folder["script.ass"], TestContext.Current.CancellationToken);

        var lines = await File.ReadAllLinesAsync(folder["script.ass"], TestContext.Current.CancellationToken);

        var style = Array.FindIndex(lines, line => line.StartsWith("Style: ", StringComparison.Ordinal));
        Assert.StartsWith("Format: ", lines[style - 1], StringComparison.Ordinal);
        Assert.EndsWith("Encoding", lines[style - 1], StringComparison.Ordinal);
        Assert.Equal(lines[style - 1].Split(',').Length, lines[style].Split(',').Length);
    }
}
