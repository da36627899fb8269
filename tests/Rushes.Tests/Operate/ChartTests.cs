using System.Text.Json.Nodes;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>The Helm chart, rendered by Helm.</summary>
public sealed class ChartTests(Helm helm) : IClassFixture<Helm>
{
    private const string Storage = "storage: s3://films\n";
    private const string Everything = """
        storage: s3://films
        image: {repository: registry.example.com/rushes, tag: 0.1.0-rc.1, pullSecrets: [{name: registry}]}
        gateway:
          replicas: 1
          settings: {RUSHES_PUBLIC_URL: "https://video.example.com", AWS_REGION: eu-west-1}
          egress: [{to: [{ipBlock: {cidr: 10.1.2.3/32}}], ports: [{port: 5432}]}]
        database: {podLabels: {cnpg.io/cluster: films}, port: 5433}
        worker:
          nodeSelector: {gpu: "true"}
          tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
          sidecars: [{name: comfyui, image: "comfyui:1.2.3", resources: {limits: {nvidia.com/gpu: 1}}}]
          egress: [{to: [{podSelector: {matchLabels: {app: comfyui}}}], ports: [{port: 8188}]}]
        """;

    [Theory]
    [InlineData(Storage, "")]
    [InlineData(Storage, "worker.enabled=false")]
    [InlineData(Storage, "worker.keda.enabled=false,worker.replicas=3,worker.engine=draft")]
    [InlineData(Everything, "")]
    public async Task Kubernetes_knows_every_field(string values, string settings)
    {
        var lint = await helm.RunAsync("lint --strict", values, settings);
        Assert.True(lint.Ok, lint.Output + lint.Errors);
        Assert.Empty(await helm.ProblemsAsync(await helm.RenderAsync(values, settings)));
    }

    [Fact]
    public async Task A_wrong_field_is_noticed()
    {
        var rendered = await helm.RenderAsync(Storage);
        Assert.Contains(
            "/spec/replica is not a field",
            await helm.ProblemsAsync(rendered.Replace("\"replicas\"", "\"replica\"", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Contains(
            "containerPort must be integer",
            await helm.ProblemsAsync(rendered.Replace("\"containerPort\": 8080", "\"containerPort\": \"http\"",
                StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    /// <summary>So what DeployTests finds in the manifests holds for the chart.</summary>
    [Fact]
    public async Task It_contains_what_the_manifests_contain()
    {
        var rendered = await helm.RenderAsync(Storage, "database.podLabels.app=postgres,storageServer.podLabels.app=garage");
        foreach (var part in (string[])["gateway", "worker"])
            rendered = rendered.Replace(
                "\"app.kubernetes.io/name\": \"rushes\", \"app.kubernetes.io/instance\": \"rushes\", " +
                $"\"app.kubernetes.io/component\": \"{part}\"",
                $"\"app\": \"rushes\", \"part\": \"{part}\"", StringComparison.Ordinal);
        // The chart has a value for the storage, which is in the manifests' secret, and one for when images are pulled.
        rendered = rendered
            .Replace("{\"name\": \"RUSHES_STORAGE\", \"value\": \"s3://films\"}, ", "", StringComparison.Ordinal)
            .Replace(", \"imagePullPolicy\": \"IfNotPresent\"", "", StringComparison.Ordinal);
        var specs = Specs(rendered);
        var folder = Path.Combine(RoomTests.Root(), "deploy", "kubernetes");
        var manifests = Specs(await YamlFile.TextAsync(Path.Combine(folder, "gateway.yaml")));
        foreach (var (name, spec) in Specs(await YamlFile.TextAsync(Path.Combine(folder, "worker.yaml"))))
            manifests.Add(name, spec);

        Assert.Equal(manifests.Keys.Order(), specs.Keys.Order());
        Assert.All(manifests, one => Assert.True(
            JsonNode.DeepEquals(one.Value, specs[one.Key]), $"{one.Key}:\n{one.Value}\nThe chart has:\n{specs[one.Key]}"));
    }

    [Fact]
    public async Task Settings_are_the_text_that_was_written()
    {
        var rendered = Specs(await helm.RenderAsync(Storage + """
            gateway:
              settings: {RUSHES_OIDC_CLIENT_ID: 123456789012, RUSHES_TRACE_RATIO: 0.25, RUSHES_PUBLIC_URL: "https://a.test/?b&c"}
            """));
        var set = rendered["Deployment rushes-gateway"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray()
            .ToDictionary(one => $"{one!["name"]}", one => $"{one!["value"]}");
        Assert.Equal(
            ("123456789012", "0.25", "https://a.test/?b&c"),
            (set["RUSHES_OIDC_CLIENT_ID"], set["RUSHES_TRACE_RATIO"], set["RUSHES_PUBLIC_URL"]));
    }

    [Theory]
    [InlineData("", "Set storage to an S3 bucket")]
    [InlineData(Storage + "gateway: {replica: 3}", "'/gateway': additional properties 'replica' not allowed")]
    [InlineData(Storage + "gateway: {replicas: 0}", "'/gateway/replicas': minimum")]
    [InlineData("storage: /srv/films", "'/storage'")]
    [InlineData(Storage + "worker: {keda: {prometheus: prometheus}}", "'/worker/keda/prometheus'")]
    public async Task A_wrong_value_is_rejected_by_its_name(string values, string error)
    {
        var exit = await helm.RunAsync("template", values);
        Assert.False(exit.Ok);
        Assert.Contains(error, exit.Errors, StringComparison.Ordinal);
    }

    private static Dictionary<string, JsonNode?> Specs(string objects) =>
        JsonNode.Parse(objects)!.AsArray().ToDictionary(
            one => $"{one!["kind"]} {one["metadata"]!["name"]}", one => one!["spec"]);
}
