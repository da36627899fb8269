using System.CommandLine;
using Rushes.Cli;
using Xunit;

namespace Rushes.Tests.Cli;

/// <summary>The examples of the help, and the manual page.</summary>
public sealed class HelpExamplesTests
{
    private static readonly RootCommand Root = CommandLine.Create();

    public static TheoryData<string> Names() => [.. Known(Root).Select(Name).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_command_has_examples_that_are_understood(string name)
    {
        var command = Known(Root).Single(command => Name(command) == name);
        Assert.NotEmpty(HelpExamples.ExamplesOf(command));
        foreach (var example in HelpExamples.ExamplesOf(command))
            Assert.True(
                Docs.Pages.Commands($"```bash\n{example}\n```\n").All(
                    line => CommandLine.Create().Parse(Docs.Pages.Words(line)).Errors.Count == 0),
                example);
    }

    [Fact]
    public void The_manual_page_has_every_command_and_option()
    {
        var page = ManCommand.Page(Root).Replace(@"\-", "-", StringComparison.Ordinal);
        foreach (var command in Known(Root).Where(command => command.Action is not null))
        {
            Assert.Contains($".SS {Name(command)}", page, StringComparison.Ordinal);
            Assert.All(
                command.Options.Where(option => option.Name != "--help"),
                option => Assert.Contains(option.Name, page, StringComparison.Ordinal));
        }
        // No line of text becomes a roff request.
        Assert.All(
            page.Split('\n').Where(line => line.StartsWith('.') || line.StartsWith('\'')),
            line => Assert.Matches(@"^\.(TH|SH|SS|TP|B|I|PP|EX|EE)\b", line));
    }

    private static IEnumerable<Command> Known(Command command) =>
        command.Subcommands.Where(below => !below.Hidden).SelectMany(below => Known(below).Prepend(below));

    private static string Name(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } above and not RootCommand
            ? $"{Name(above)} {command.Name}"
            : $"rushes {command.Name}";
}
