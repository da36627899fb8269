using System.Text.RegularExpressions;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Client;

/// <summary>
/// C# in the documents compiles against the client as it is, or is a program of <c>samples/</c>, which is compiled for its test.
/// </summary>
public sealed partial class SnippetTests
{
    [Fact]
    public async Task Every_csharp_block_of_the_documents_compiles()
    {
        var root = RoomTests.Root();
        using var folder = new TempFolder();
        var documents = Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat([Path.Combine(root, "README.md"), Path.Combine(root, "src", "Rushes.Client", "README.md")]);
        var samples = Directory.EnumerateFiles(Path.Combine(root, "samples"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText).ToHashSet();
        var sources = new List<string>();
        foreach (var document in documents)
            foreach (Match block in Blocks()
                .Matches(await File.ReadAllTextAsync(document, TestContext.Current.CancellationToken)))
            {
                if (samples.Contains(block.Groups[1].Value)) continue;
                // Each in a method of its own: only one file of a program may have statements outside.
                var lines = block.Groups[1].Value.Split('\n').ToLookup(
                    line => line.StartsWith(
                        "using ", StringComparison.Ordinal) && line.TrimEnd().EndsWith(';') && !line.Contains('='));
                var source = $$"""
                    {{string.Join('\n', lines[true])}}
                    public static class Snippet{{sources.Count}}
                    {
                        public static async Task RunAsync(string[] args)
                        {
                            await Task.CompletedTask;
                    #line 1 "{{Path.GetRelativePath(root, document)}}"
                    {{string.Join('\n', lines[false])}}
                        }
                    }
                    """;
                sources.Add(folder[$"snippet{sources.Count}.cs"]);
                await File.WriteAllTextAsync(sources[^1], source, TestContext.Current.CancellationToken);
            }
        Assert.True(sources.Count >= 6, $"{sources.Count} blocks");

        await CSharp.CompileAsync(folder, "library", sources);
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
