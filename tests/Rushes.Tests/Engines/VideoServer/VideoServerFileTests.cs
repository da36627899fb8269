using Rushes.Catalog;
using Rushes.Engines.Process;
using Rushes.Engines.VideoServer;
using Xunit;

namespace Rushes.Tests.Engines.VideoServer;

public sealed class VideoServerFileTests
{
    private const string Model = """
        "models": { "m": { "serves": ["wan22-fast-t2v"], "request": { "prompt": "{prompt}" } } }
        """;

    private static readonly HashSet<string> Families = [.. CatalogReader.Read().Families];

    [Theory]
    [InlineData("""{ "servers": [], MODEL }""", "servers: there is none")]
    [InlineData("""{ "servers": ["127.0.0.1:1"], MODEL }""", "is not an address such as")]
    [InlineData("""{ "servers": ["http://u:p@h"], MODEL }""", "is not an address such as")]
    [InlineData("""{ "servers": ["http://h"], "jobs": 0, MODEL }""", "jobs: 0 is not in 1 to 100")]
    [InlineData("""{ "servers": ["http://h"], "sevrers": [], MODEL }""", "the field \"sevrers\" is unknown")]
    [InlineData("""{ "servers": ["http://h"], "calls": { "status": "v1/videos" }, MODEL }""", "does not contain {id}")]
    [InlineData("""{ "servers": ["http://h"], "calls": { "create": "http://x/y" }, MODEL }""", "is not a path below")]
    [InlineData("""{ "servers": ["http://h"], "deleteStops": true, "calls": { "delete": null }, MODEL }""", "no delete call")]
    [InlineData("""{ "servers": ["http://h"], "keyVariable": "NO_SUCH_VARIABLE_HERE", MODEL }""", "is not set")]
    [InlineData("""{ "servers": ["http://h"], "keyVariable": "RUSHES_API_KEY", MODEL }""", "is a setting of the gateway")]
    [InlineData("""{ "servers": ["http://h"], "keyFile": "/no/such/file", MODEL }""", "/no/such/file cannot be read")]
    [InlineData("""{ "servers": ["http://h"], "keyFile": "/dev/null", MODEL }""", "must hold the API key and nothing else")]
    [InlineData("""{ "servers": ["http://h"], "keyFile": "a", "keyVariable": "B", MODEL }""", "a server has one key")]
    [InlineData("""{ "servers": ["http://h"], "models": {} }""", "models: there is none")]
    [InlineData("""{ "servers": ["http://h"], "models": { "m": { "serves": ["x"], "request": {} } } }""", "has no family \"x\"")]
    [InlineData(
        """{ "servers": ["http://h"], "models": { "m": { "serves": ["wan22-s2v"], "request": { "a": "{file:data_uri}" } } } }""",
        "{file:data_uri} is neither a variable")]
    [InlineData(
        """
        { "servers": ["http://h"], "models": { "m": { "serves": ["wan22-s2v"], "request": {},
          "media": { "data_uri": { "field": "f", "as": "file" } } } } }
        """,
        "needs \"body\": \"multipart\"")]
    public void A_wrong_file_is_rejected_with_its_line_and_reason(string text, string reason)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["bad.json"], text.Replace("MODEL", Model, StringComparison.Ordinal));

        var error = Assert.Throws<EngineFileException>(() => VideoServerFileReader.Read(folder["bad.json"], Families));

        Assert.StartsWith(folder["bad.json"] + ":", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_may_be_in_a_file()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["key"], "the-key\n");
        File.WriteAllText(folder["server.json"], $$"""
            { "variables": { "keys": "{{folder.Path}}" }, "servers": ["http://h"], "keyFile": "{keys}/key", {{Model}} }
            """);

        Assert.Equal("the-key", VideoServerFileReader.Read(folder["server.json"], Families).Key);
    }

    public static TheoryData<string> Shipped => [.. ShippedServers.Names];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_shipped_file_can_be_read_by_its_name(string name)
    {
        var file = ShippedServers.Read(name);

        Assert.NotEmpty(file.Models);
        Assert.All(file.Models, model => Assert.Contains("prompt", model.Request.Names));
    }
}

internal static class ShippedServers
{
    public static IEnumerable<string> Names => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "engines", "servers"))
        .Select(path => Path.GetFileNameWithoutExtension(path)).Order();

    public static VideoServerFile Read(string name)
    {
        Environment.SetEnvironmentVariable("UPSTREAM_KEY", "a-key-of-the-tests-alone");
        return VideoServerFileReader.Read(name, CatalogReader.Read().Families.ToHashSet());
    }
}
