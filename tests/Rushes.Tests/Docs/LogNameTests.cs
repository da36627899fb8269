using System.Text.RegularExpressions;
using Xunit;

namespace Rushes.Tests.Docs;

/// <summary>Pages for operators name log messages by their first word, and the program logs them.</summary>
public sealed partial class LogNameTests
{
    [Fact]
    public void A_log_message_that_a_table_names_is_logged()
    {
        var logged = Directory.EnumerateFiles(Path.Combine(Pages.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(path => Message().Matches(File.ReadAllText(path)), (_, message) => message.Groups[1].Value)
            .ToHashSet();
        var named = Pages.All().SelectMany(NamesIn).ToList();

        Assert.True(named.Count > 20, $"{named.Count} names were found in tables");
        Assert.All(named, name => Assert.True(logged.Contains(name.Name), $"{name.Page}: {name.Name} is not logged"));
    }

    /// <summary>The names in the columns of log messages.</summary>
    private static IEnumerable<(string Page, string Name)> NamesIn(string page)
    {
        var column = -1;
        foreach (var line in File.ReadLines(Path.Combine(Pages.Root, page)))
        {
            var cells = line.StartsWith('|') ? line.Split('|', StringSplitOptions.TrimEntries) : [];
            if (cells.Length == 0) column = -1;
            else if (column < 0) column = Array.FindIndex(cells, cell => cell is "log message" or "log messages");
            if (column < 0 || column >= cells.Length) continue;
            foreach (Match name in Name().Matches(cells[column]))
                yield return (page, name.Groups[1].Value);
        }
    }

    [GeneratedRegex("Message\\s*=\\s*\"([A-Z][A-Za-z]+)")]
    private static partial Regex Message();

    // Some messages begin with the name of the database.
    [GeneratedRegex("`(?!PostgreSQL)([A-Z][a-z]+[A-Z][A-Za-z]+)")]
    private static partial Regex Name();
}
