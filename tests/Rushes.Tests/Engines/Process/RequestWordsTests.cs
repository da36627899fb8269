using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Engines.Process;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Engines.Process;

/// <summary>Programs print the request again: that is neither a fault nor for the log.</summary>
public sealed class RequestWordsTests
{
    private static readonly Regex OutOfMemory = new("CUDA out of memory|OutOfMemoryError", RegexOptions.NonBacktracking);

    [Fact]
    public void A_line_that_repeats_the_request_is_no_fault()
    {
        var words = WordsOf("a screen that reads CUDA out of memory");

        Assert.Null(words.Finds(OutOfMemory, "INFO: prompt: a screen that reads CUDA out of memory"));
        Assert.NotNull(words.Finds(OutOfMemory, "torch.OutOfMemoryError: tried to allocate 2 GiB"));
        Assert.NotNull(WordsOf("a screen").Finds(OutOfMemory, "CUDA out of memory. Tried to allocate 2 GiB"));
    }

    [Fact]
    public void Every_line_of_a_prompt_is_hidden_in_what_a_program_printed()
    {
        var words = WordsOf("a secret garden\r\nwith a hidden door");

        var shown = words.Hide("prompt: a secret garden\n  with a hidden door\nstep 1 of 4");

        Assert.DoesNotContain("secret", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", shown, StringComparison.Ordinal);
        Assert.Contains("step 1 of 4", shown, StringComparison.Ordinal);
    }

    private static RequestWords WordsOf(string prompt) =>
        RequestWords.Of(JobInput.Parse(JsonSerializer.Serialize(new { prompt })), new RenderRules());
}
