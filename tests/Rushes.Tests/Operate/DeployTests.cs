using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Cli;
using Rushes.Server.Settings;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>The files under deploy/ as far as they can be held against the program.</summary>
public sealed class DeployTests
{
    private static readonly string Folder = Path.Combine(RoomTests.Root(), "deploy");

    /// <summary>Any YAML, each document as JSON.</summary>
    private const string ToJson = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))";

    public static TheoryData<string> Yaml() => [.. Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order()];

    [Theory]
    [MemberData(nameof(Yaml))]
    public async Task They_are_valid_and_say_nothing_that_the_program_does_not_know(string file)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));
        Assert.NotEqual(0, (await ReadAsync(file)).GetArrayLength());
        var settings = typeof(GatewayOptions).GetProperties().Select(option => "RUSHES_" + Regex.Replace(option.Name, "(?<!^)[A-Z]", "_$0").ToUpperInvariant()).Append("RUSHES_WORKER_KEY").ToHashSet();
        foreach (Match setting in Regex.Matches(text, "RUSHES_[A-Z_]+")) Assert.Contains(setting.Value, settings);
        foreach (Match line in Regex.Matches(text, @"^\s*(?:args|command): (\[""(?:serve|worker)"".*\])$", RegexOptions.Multiline))
            Assert.Empty(CommandLine.Create().Parse(JsonSerializer.Deserialize<string[]>(line.Groups[1].Value)!).Errors);
    }

    [Fact]
    public async Task Kubernetes_probes_a_gateway_where_it_answers_and_keeps_one_of_them()
    {
        var documents = (await ReadAsync("kubernetes/gateway.yaml")).EnumerateArray().ToDictionary(document => document.GetProperty("kind").GetString()!);
        var pod = documents["Deployment"].GetProperty("spec").GetProperty("template");
        var labels = pod.GetProperty("metadata").GetProperty("labels").GetRawText();
        Assert.Equal(labels, documents["Service"].GetProperty("spec").GetProperty("selector").GetRawText());
        Assert.Equal(labels, documents["PodDisruptionBudget"].GetProperty("spec").GetProperty("selector").GetProperty("matchLabels").GetRawText());

        await using var gateway = await TestGateway.StartAsync(0, TestContext.Current.CancellationToken);
        var container = pod.GetProperty("spec").GetProperty("containers")[0];
        foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
            await gateway.Http.GetStringAsync(container.GetProperty(probe).GetProperty("httpGet").GetProperty("path").GetString(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Workers_are_scaled_by_a_metric_that_there_is()
    {
        var scaled = (await ReadAsync("kubernetes/worker.yaml")).EnumerateArray().Single(document => document.GetProperty("kind").GetString() == "ScaledObject");
        var query = scaled.GetProperty("spec").GetProperty("triggers")[0].GetProperty("metadata").GetProperty("query").GetString()!;
        await using var gateway = await TestGateway.StartAsync(0, TestContext.Current.CancellationToken, options: new GatewayOptions { Metrics = "open" });
        var told = new Scrape(await gateway.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Names;
        Assert.All(Regex.Matches(query, "rushes_[a-z_]+"), name => Assert.Contains(name.Value, told));
    }

    private static async Task<JsonElement> ReadAsync(string file)
    {
        var start = new ProcessStartInfo("python3", ["-c", ToJson, Path.Combine(Folder, file)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var python = Process.Start(start)!;
        var (json, error) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(python.ExitCode == 0, await error);
        return JsonDocument.Parse(await json).RootElement;
    }
}
