using Xunit;

namespace Rushes.Tests.Docs;

/// <summary>
/// What the pages say to type is typed, page by page. A block that cannot be run here says why, in a comment before it that
/// readers do not see.
/// </summary>
public sealed class CommandTests(Reader reader) : IClassFixture<Reader>
{
    public static TheoryData<string> PagesWithCommands() => [.. Pages.All().Where(page => Runnable(page).Any())];

    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public async Task What_a_page_says_to_type_works(string page)
    {
        foreach (var block in Runnable(page))
        {
            var exit = await reader.RunAsync(block);
            Assert.True(exit.Ok, $"{page}: this ended with {exit.Code}:\n{block.Code}\n{exit.Output}\n{exit.Errors}");
        }
    }

    [Fact]
    public async Task A_rejected_call_a_failed_command_and_a_script_that_throws_fail_their_block()
    {
        foreach (var block in Pages.Blocks("""
            ```bash
            curl $RUSHES/jobs/99 -H "Authorization: Bearer $KEY"
            ```
            ```bash
            ./rushes status 99
            ```
            ```js
            throw new Error("no");
            ```
            """.ReplaceLineEndings("\n")))
            Assert.False((await reader.RunAsync(block)).Ok, block.Code);
    }

    private static IEnumerable<Block> Runnable(string page) =>
        Pages.Blocks(File.ReadAllText(Path.Combine(Pages.Root, page))).Where(block => block.NotRun is null);
}
