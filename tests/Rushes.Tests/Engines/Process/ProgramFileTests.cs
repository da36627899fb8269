using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Engines.Process;
using Xunit;

namespace Rushes.Tests.Engines.Process;

public sealed class ProgramFileTests
{
    private static readonly HashSet<string> Families = [.. CatalogReader.Read().Models.Select(model => model.Family.Name)];

    [Theory]
    [InlineData(""" "serves": ["nobody"] """, "programs.a.serves: the catalog has no family \"nobody\"")]
    [InlineData(""" "program": "/nowhere/sd-cli" """, "programs.a.program: there is no file /nowhere/sd-cli")]
    [InlineData(""" "program": "no-such-program-here" """, "programs.a.program: no-such-program-here was not found")]
    [InlineData(""" "folder": "/nowhere" """, "programs.a.folder: there is no folder")]
    [InlineData(""" "arguments": ["--size", "{widht}"] """, "programs.a.arguments: {widht} is neither")]
    [InlineData(""" "arguments": [7] """, "programs.a.arguments: each must be")]
    [InlineData(""" "output": "../out.mp4" """, "programs.a.output: \"../out.mp4\" must be a path below")]
    [InlineData(""" "find": "/tmp/*.mp4" """, "programs.a.find")]
    [InlineData(""" "stages": [{ "name": "s", "progress": "(\\d+)/(\\d+)" }] """, "programs.a.stages: \"s\": progress needs the groups")]
    [InlineData(""" "faults": [{ "line": "(", "message": "m" }] """, "programs.a.faults: \"(\" is not a pattern")]
    [InlineData(""" "limits": { "idle": 0 } """, "programs.a.limits: 0 is not in")]
    [InlineData(""" "drawing": { "framesMultiple": 0 } """, "programs.a.drawing: a number is out of range")]
    [InlineData(""" "argumnets": [] """, "argumnets")]
    public void A_bad_file_is_refused_with_its_line(string part, string reason)
    {
        using var folder = new TempFolder();
        var name = part.Split('"')[1];
        var parts = new Dictionary<string, string> { ["serves"] = """ "serves": ["wan22-fast-t2v"] """, ["program"] = """ "program": "bash" """, ["arguments"] = """ "arguments": [] """ };
        parts.Remove(name);
        File.WriteAllText(folder["bad.json"], $$"""
            // The line that is wrong is the last but three.
            { "programs": { "a": {
            {{string.Join(",\n", parts.Values)}},
            {{part}}
            } } }

            """);

        var error = Assert.Throws<EngineFileException>(() => ProgramFileReader.Read(folder["bad.json"], Families));

        Assert.StartsWith($"{folder["bad.json"]}:{3 + parts.Count}:", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_switched_off_says_why()
    {
        var error = Assert.Throws<EngineFileException>(() => ProgramFileReader.Read("hunyuan-foley", Families));
        Assert.Contains("licence", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Shipped() => [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "engines")).Select(path => Path.GetFileName(path)!).Order()];

    /// <summary>Programs and folders stand in for those of the operator.</summary>
    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_shipped_file_needs_only_the_operators_paths(string name)
    {
        using var folder = new TempFolder();
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "engines", name));
        var file = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject();
        file["enabled"] = true;
        foreach (var (_, program) in file["programs"]!.AsObject())
        {
            program!["program"] = "bash";
            program.AsObject().Remove("folder");
        }
        File.WriteAllText(folder[name], file.ToJsonString());

        var read = ProgramFileReader.Read(folder[name], Families);

        Assert.All(read.Programs, program => Assert.NotEmpty(program.Stages));
    }
}
