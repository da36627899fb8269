using Rushes.Engines.Process;
using Xunit;

namespace Rushes.Tests.Engines.Process;

public sealed class RenderRulesTests
{
    private static readonly RenderRules Rules = new() { Strip = ["<lora:[^>]*>", "--[a-z]+"] };

    [Theory]
    [InlineData("a <lora:x:1>fox --steps", "a fox ")]
    [InlineData("a <lo<lora:x>ra:y>fox", "a fox")]
    [InlineData("a -<lora:x>-stepsfox", "a ")]
    [InlineData("a\0 fox", "a fox")]
    public void Commands_are_removed_also_if_removal_makes_one(string prompt, string expected) =>
        Assert.Equal(expected, Rules.Clean(prompt));

    /// <summary>Each removal uncovers the next command; without a bound this would take hours.</summary>
    [Fact]
    public void A_megabyte_of_nested_commands_ends_after_a_few_passes()
    {
        const int depth = 100_000;
        var (open, close) = (Enumerable.Repeat("<lo", depth), Enumerable.Repeat("ra:y>", depth));

        var clean = Rules.Clean($"a fox {string.Concat(open)}<lora:x>{string.Concat(close)} runs");

        Assert.StartsWith("a fox <lo", clean, StringComparison.Ordinal);
        Assert.DoesNotContain("<lora:", clean, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_forms_commands_at_every_cut_is_dropped() =>
        Assert.Equal("", new RenderRules { Strip = ["x$"] }.Clean(new string('x', 1000)));
}
