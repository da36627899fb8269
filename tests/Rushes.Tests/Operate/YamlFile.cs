using System.Text.Json;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>Any YAML, each document as JSON.</summary>
internal static class YamlFile
{
    private const string ToJson =
        "import json, sys, yaml; print(json.dumps([one for one in yaml.safe_load_all(open(sys.argv[1])) if one is not None]))";

    public static async Task<string> TextAsync(string path)
    {
        var exit = await Tool.RunAsync("python3", ["-c", ToJson, path], TestContext.Current.CancellationToken);
        Assert.True(exit.Ok, exit.Errors);
        return exit.Output;
    }

    public static async Task<JsonElement> ReadAsync(string path) => JsonDocument.Parse(await TextAsync(path)).RootElement;
}
