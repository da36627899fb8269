using Rushes.Engines.Process;
using Xunit;

namespace Rushes.Tests.Engines.Process;

public sealed class ProgramFileTests
{
    [Theory]
    [InlineData(""" "serves": ["nobody"] """, "programs.a.serves: the catalog has no family \"nobody\"")]
    [InlineData(""" "arguments": ["--size", "{widht}"] """, "programs.a.arguments: {widht} is neither")]
    [InlineData(""" "arguments": [7] """, "programs.a.arguments: each must be")]
    [InlineData(""" "output": "../out.mp4" """, "programs.a.output: \"../out.mp4\" must be a path below")]
    [InlineData(""" "find": "/tmp/*.mp4" """, "programs.a.find")]
    [InlineData(""" "stages": [{ "name": "s", "progress": "(\\d+)/(\\d+)" }] """,
        "programs.a.stages: \"s\": progress needs the groups")]
    [InlineData(""" "faults": [{ "line": "(", "message": "m" }] """, "programs.a.faults: \"(\" is not a pattern")]
    [InlineData(""" "limits": { "idle": 0 } """, "programs.a.limits: 0 is not in")]
    [InlineData(""" "passEnvironment": ["RUSHES_API_KEY"] """,
        "programs.a.passEnvironment: RUSHES_API_KEY is a setting of the gateway")]
    [InlineData(""" "drawing": { "framesMultiple": 0 } """, "programs.a.drawing: a number is out of range")]
    [InlineData(""" "drawing": { "seedBelow": 1 } """, "seedBelow 2 or more")]
    [InlineData(""" "writes": { "../a.json": {} } """, "programs.a.writes: \"../a.json\" must be a path below")]
    [InlineData(""" "writes": { "a.json": [{ "w": "{widht}" }] } """, "programs.a.writes: {widht} is neither")]
    [InlineData(""" "argumnets": [] """, "argumnets")]
    public void A_bad_file_is_rejected_with_its_line(string part, string reason)
    {
        using var folder = new TempFolder();
        var name = part.Split('"')[1];
        var parts = new Dictionary<string, string>
        {
            ["serves"] = """ "serves": ["wan22-fast-t2v"] """, ["program"] = """ "program": "bash" """,
            ["arguments"] = """ "arguments": [] """,
        };
        parts.Remove(name);
        File.WriteAllText(folder["bad.json"], $$"""
            // The line that is wrong is the last but three.
            { "programs": { "a": {
            {{string.Join(",\n", parts.Values)}},
            {{part}}
            } } }

            """);

        var error = Assert.Throws<EngineFileException>(() => ProgramFileReader.Read(folder["bad.json"], ShippedFile.Families));

        Assert.StartsWith($"{folder["bad.json"]}:{3 + parts.Count}:", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_switched_off_says_why()
    {
        var error = Assert.Throws<EngineFileException>(() => ProgramFileReader.Read("hunyuan-foley", ShippedFile.Families));
        Assert.Contains("licence", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Shipped => [.. ShippedFile.Names];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_shipped_file_needs_only_the_operators_paths(string name)
    {
        using var folder = new TempFolder();
        Assert.All(ShippedFile.Read(name, folder).Programs, program => Assert.NotEmpty(program.Stages));
    }
}
