using System.Text.Json;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>The app host in samples/aspire: what it would start, from the manifest that it writes.</summary>
public sealed class AspireTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_sample_starts_a_gateway_with_its_database_and_a_worker_of_it()
    {
        using var folder = new TempFolder();
        var host = Path.Combine(
            RoomTests.Root(), "tests/Rushes.SampleAppHost/bin/Release/net10.0/Rushes.SampleAppHost.dll");
        var exit = await Tool.RunAsync(
            "dotnet",
            [host, "--operation", "publish", "--publisher", "manifest", "--output-path", folder["manifest.json"]], Cancel,
            folder.Path);
        Assert.True(exit.Ok, exit.Output + exit.Errors);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(folder["manifest.json"], Cancel));
        var resources = manifest.RootElement.GetProperty("resources");

        var gateway = resources.GetProperty("rushes");
        Assert.Equal(("rushes", "serve"), (gateway.GetProperty("command").GetString(), Args(gateway)));
        Assert.Equal(8080, gateway.GetProperty("bindings").GetProperty("http").GetProperty("port").GetInt32());
        Assert.Equal("http://127.0.0.1:{rushes.bindings.http.targetPort}", Setting(gateway, "URLS"));
        Assert.Equal("{rushes-api-key.value}", Setting(gateway, "API_KEY"));
        Assert.Equal("0", Setting(gateway, "WORKERS"));
        Assert.StartsWith("postgresql://postgres:{postgres-password", Setting(gateway, "DATABASE"), StringComparison.Ordinal);
        Assert.EndsWith("/data/rushes", Setting(gateway, "DATA"), StringComparison.Ordinal);

        var worker = resources.GetProperty("worker");
        Assert.Equal("rushes", worker.GetProperty("command").GetString());
        Assert.Equal("worker --name worker --engine draft", Args(worker));
        Assert.Equal("{rushes.bindings.http.url}", Setting(worker, "URL"));
        Assert.Equal("{rushes-api-key.value}", Setting(worker, "API_KEY"));
        // Long enough for the gateway to accept it.
        var key = resources.GetProperty("rushes-api-key").GetProperty("inputs").GetProperty("value");
        Assert.True(key.GetProperty("secret").GetBoolean());
        Assert.True(key.GetProperty("default").GetProperty("generate").GetProperty("minLength").GetInt32() >= 16);
    }

    private static string? Setting(JsonElement resource, string name) =>
        resource.GetProperty("env").GetProperty("RUSHES_" + name).GetString();

    private static string Args(JsonElement resource) =>
        string.Join(' ', resource.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()));
}
