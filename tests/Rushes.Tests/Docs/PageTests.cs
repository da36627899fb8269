using Rushes.Cli;
using Xunit;

namespace Rushes.Tests.Docs;

/// <summary>Links in the docs lead to existing files and headings, and documented commands are valid.</summary>
public sealed class PageTests
{
    public static TheoryData<string> All() => [.. Pages.All()];

    [Theory]
    [MemberData(nameof(All))]
    public void Links_lead_to_files(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Pages.Root, page))!;
        foreach (var target in Pages.Links(Read(page)))
            Assert.True(Path.Exists(Path.Combine(folder, Uri.UnescapeDataString(target))), $"{page}: {target} is not there");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Anchors_lead_to_headings(string page)
    {
        foreach (var (target, anchor) in Pages.Anchors(Read(page)))
        {
            var linked = target.Length == 0
                ? page
                : Path.GetRelativePath(Pages.Root, Path.Combine(Path.GetDirectoryName(Path.Combine(Pages.Root, page))!, target));
            Assert.True(Pages.Headings(Read(linked)).Contains(anchor), $"{page}: {linked} has no heading #{anchor}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Command_lines_are_understood(string page)
    {
        foreach (var line in Pages.Commands(Read(page)))
        {
            var parsed = CommandLine.Create().Parse(Pages.Words(line));
            Assert.True(parsed.Errors.Count == 0, $"{page}: rushes {line}: {string.Join("; ", parsed.Errors)}");
        }
    }

    [Fact]
    public void A_command_with_an_option_that_there_is_not_is_not_understood()
    {
        var line = Assert.Single(
            Pages.Commands("text\n\n```bash\nRUSHES_API_KEY=x ./rushes serve --wrokers 2   # comment\n```\n"));
        Assert.NotEmpty(CommandLine.Create().Parse(Pages.Words(line)).Errors);
    }

    [Fact]
    public void The_index_leads_to_every_page()
    {
        var linked = Pages.Links(Read("docs/README.md")).Select(target => $"docs/{target}").ToHashSet();
        Assert.DoesNotContain(Pages.All(), page => page is not ("README.md" or "docs/README.md") && !linked.Contains(page));
    }

    private static string Read(string page) => File.ReadAllText(Path.Combine(Pages.Root, page));
}
