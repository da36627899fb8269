using System.Text;
using System.Text.RegularExpressions;
using Rushes.Media;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Client;

/// <summary>C# in the documents compiles against the client as it is.</summary>
public sealed partial class SnippetTests
{
    [Fact]
    public async Task Every_csharp_block_of_the_documents_compiles()
    {
        var root = RoomTests.Root();
        using var folder = new TempFolder();
        var documents = Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat([Path.Combine(root, "README.md"), Path.Combine(root, "src", "Rushes.Client", "README.md")]);
        var sources = new List<string>();
        foreach (var document in documents)
            foreach (Match block in Blocks().Matches(await File.ReadAllTextAsync(document, TestContext.Current.CancellationToken)))
            {
                // Each in a method of its own: only one file of a program may have statements outside.
                var lines = block.Groups[1].Value.Split('\n').ToLookup(line => line.StartsWith("using ", StringComparison.Ordinal) && line.TrimEnd().EndsWith(';') && !line.Contains('='));
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

        // What a project with ImplicitUsings has.
        await File.WriteAllTextAsync(folder["usings.cs"], string.Concat(
            new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks" }.Select(name => $"global using {name};\n")),
            TestContext.Current.CancellationToken);
        var exit = await ChildProcess.RunAsync(new Command("dotnet", [Compiler(), "-nologo", "-noconfig", $"@{Options(folder, [folder["usings.cs"], .. sources])}"]), null, TestContext.Current.CancellationToken);
        Assert.True(exit.Ok, exit.Output);
    }

    private static string Options(TempFolder folder, IEnumerable<string> sources)
    {
        var options = new StringBuilder("-target:library -nullable:enable -langversion:14 -nowarn:CS1701,CS1702\n").AppendLine($"-out:\"{folder["snippets.dll"]}\"");
        var shared = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(object).Assembly.Location)))!;
        var references = new[] { "Microsoft.NETCore.App", "Microsoft.AspNetCore.App" }
            .SelectMany(framework => Directory.EnumerateFiles(Path.Combine(shared, framework, Environment.Version.ToString()), "*.dll"))
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal)) && !name.Contains("Native", StringComparison.Ordinal))
            .Append(typeof(Rushes.Client.RushesClient).Assembly.Location);
        foreach (var path in references) options.AppendLine($"-r:\"{path}\"");
        foreach (var path in sources) options.AppendLine($"\"{path}\"");
        File.WriteAllText(folder["options.rsp"], options.ToString());
        return folder["options.rsp"];
    }

    /// <summary>The one of the newest SDK that runs here.</summary>
    private static string Compiler()
    {
        var home = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        return Directory.GetDirectories(Path.Combine(home, "sdk"), $"{Environment.Version.Major}.*").Order().Select(sdk => Path.Combine(sdk, "Roslyn", "bincore", "csc.dll")).Last(File.Exists);
    }

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
