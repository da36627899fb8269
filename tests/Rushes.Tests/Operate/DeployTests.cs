using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Rushes.Cli;
using Rushes.Server.Settings;
using Rushes.Tests.Cli;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>Checks the files under deploy/ against the program.</summary>
public sealed class DeployTests
{
    private static readonly string Folder = Path.Combine(RoomTests.Root(), "deploy");

    public static TheoryData<string> Yaml() => [.. YamlFiles().Select(path => Path.GetRelativePath(Folder, path)).Order()];

    [Theory]
    [MemberData(nameof(Yaml))]
    public async Task They_are_valid_and_say_nothing_that_the_program_does_not_know(string file)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));
        Assert.NotEqual(0, (await ReadAsync(file)).GetArrayLength());
        var settings = typeof(GatewayOptions).GetProperties()
            .Select(option => "RUSHES_" + Regex.Replace(option.Name, "(?<!^)[A-Z]", "_$0").ToUpperInvariant())
            .Append("RUSHES_WORKER_KEY")
            .ToHashSet();
        foreach (Match setting in Regex.Matches(text, "RUSHES_[A-Z_]+")) Assert.Contains(setting.Value, settings);
        foreach (Match line in Regex.Matches(text, @"^\s*(?:args|command): (\[""(?:serve|worker)"".*\])$",
            RegexOptions.Multiline))
            Assert.Empty(CommandLine.Create().Parse(JsonSerializer.Deserialize<string[]>(line.Groups[1].Value)!).Errors);
    }

    [Fact]
    public void Images_are_named_with_their_full_version()
    {
        var version = XDocument.Load(Path.Combine(RoomTests.Root(), "Directory.Build.props"))
            .Descendants("Version")
            .Single().Value;
        string[] files =
            [Path.Combine(Folder, "Dockerfile"), .. YamlFiles()];
        var images = files.SelectMany(
            file => Regex.Matches(File.ReadAllText(file), @"^(?!\s*#).*?(?:FROM|image:) (\S+)", RegexOptions.Multiline))
            .Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(images);
        Assert.All(images, image => Assert.Matches(image.StartsWith("rushes", StringComparison.Ordinal)
            ? $"^rushes:{Regex.Escape(version)}$"
            : @"^[a-z./-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?(@sha256:[0-9a-f]{64})?$", image));
        Assert.DoesNotContain(images, image => Regex.IsMatch(image, @":\d+\.0(-|$)"));
        Assert.DoesNotContain(images, image => image.Contains("minio", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compose_gives_each_part_a_key_of_its_own_and_no_more_than_it_needs()
    {
        var services = (await ReadAsync("compose.yaml"))[0].GetProperty("services");
        Assert.All(services.EnumerateObject(), service =>
        {
            Assert.Equal("""["ALL"]""", service.Value.GetProperty("cap_drop").GetRawText());
            Assert.Equal("""["no-new-privileges:true"]""", service.Value.GetProperty("security_opt").GetRawText());
            Assert.True(service.Value.GetProperty("read_only").GetBoolean());
            Assert.NotEmpty(service.Value.GetProperty("mem_limit").GetString()!);
            if (service.Value.TryGetProperty("ports", out var ports))
                Assert.All(
                    ports.EnumerateArray(), port => Assert.StartsWith("127.0.0.1:", port.GetString(), StringComparison.Ordinal));
        });

        // What names a secret of one part is not the secret of another.
        var (worker, gateway, storage) =
            (services.GetProperty("worker"), services.GetProperty("gateway"), services.GetProperty("storage"));
        Assert.Equal(["RUSHES_WORKER_KEY"], Variables(worker));
        Assert.DoesNotContain("RUSHES_WORKER_KEY", Variables(gateway));
        Assert.Contains("STORAGE_RPC_SECRET", Variables(storage));
        Assert.DoesNotContain("STORAGE_RPC_SECRET", Variables(gateway));
        Assert.Empty(Networks(worker).Intersect(Networks(services.GetProperty("database")).Concat(Networks(storage))));
        Assert.Empty(Networks(storage).Intersect(Networks(services.GetProperty("database"))));
        Assert.Equal("admin", gateway.GetProperty("environment").GetProperty("RUSHES_METRICS").GetString());

        // The S3 server's own administration answers itself alone.
        var garage = File.ReadAllText(Path.Combine(Folder, "garage.toml"));
        Assert.Matches("""(?m)^rpc_bind_addr = "127\.0\.0\.1:""", garage);
        Assert.DoesNotContain("[admin]", garage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_without_a_key_does_not_start()
    {
        var (exit, output, shown) = await Terminal.RunAsync(
            new() { ["RUSHES_API_KEY"] = "" }, ["worker"], TestContext.Current.CancellationToken);
        Assert.NotEqual(0, exit);
        Assert.Contains("A worker needs a key with the scope worker", output + shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kubernetes/gateway.yaml")]
    [InlineData("kubernetes/worker.yaml")]
    public async Task Kubernetes_pods_meet_the_restricted_standard_and_write_to_volumes_alone(string file)
    {
        var documents = (await ReadAsync(file)).EnumerateArray().ToList();
        var pod = documents.Single(IsOf("Deployment")).GetProperty("spec").GetProperty("template").GetProperty("spec");
        Assert.False(pod.GetProperty("automountServiceAccountToken").GetBoolean());
        // Or Kubernetes sets RUSHES_PORT, a setting there is not, and the gateway does not start.
        Assert.False(pod.GetProperty("enableServiceLinks").GetBoolean());
        var security = pod.GetProperty("securityContext");
        Assert.True(security.GetProperty("runAsNonRoot").GetBoolean());
        Assert.NotEqual(0, security.GetProperty("runAsUser").GetInt32());
        Assert.Equal("RuntimeDefault", security.GetProperty("seccompProfile").GetProperty("type").GetString());

        var volumes = pod.GetProperty("volumes").EnumerateArray().ToDictionary(volume => volume.GetProperty("name").GetString()!);
        foreach (var container in pod.GetProperty("containers").EnumerateArray())
        {
            var own = container.GetProperty("securityContext");
            Assert.False(own.GetProperty("allowPrivilegeEscalation").GetBoolean());
            Assert.True(own.GetProperty("readOnlyRootFilesystem").GetBoolean());
            Assert.Equal("""{"drop": ["ALL"]}""", own.GetProperty("capabilities").GetRawText());
            Assert.NotEmpty(container.GetProperty("resources").GetProperty("limits").GetProperty("memory").GetString()!);
            var mounts = container.GetProperty("volumeMounts")
                .EnumerateArray()
                .ToDictionary(
                    mount => mount.GetProperty("mountPath").GetString()!, mount => mount.GetProperty("name").GetString()!);
            Assert.Contains("/tmp", mounts.Keys);
            Assert.All(
                mounts.Values,
                name => Assert.NotEmpty(volumes[name].GetProperty("emptyDir").GetProperty("sizeLimit").GetString()!));
        }
    }

    [Theory]
    [InlineData("kubernetes/gateway.yaml")]
    [InlineData("kubernetes/worker.yaml")]
    public async Task A_network_policy_says_who_reaches_a_pod_and_what_it_reaches(string file)
    {
        var documents = (await ReadAsync(file)).EnumerateArray().ToList();
        var template = documents.Single(IsOf("Deployment")).GetProperty("spec").GetProperty("template");
        var policy = documents.Single(IsOf("NetworkPolicy")).GetProperty("spec");
        Assert.Equal(
            template.GetProperty("metadata").GetProperty("labels").GetRawText(),
            policy.GetProperty("podSelector").GetProperty("matchLabels").GetRawText());
        Assert.Equal("""["Ingress", "Egress"]""", policy.GetProperty("policyTypes").GetRawText());

        // Ports that are told without a key are opened to a named namespace alone.
        var ports = template.GetProperty("spec").GetProperty("containers")[0].TryGetProperty("ports", out var named)
            ? named.EnumerateArray().ToDictionary(
                port => port.GetProperty("containerPort").GetInt32(), port => port.GetProperty("name").GetString())
            : [];
        foreach (var rule in policy.GetProperty("ingress").EnumerateArray())
            foreach (var port in rule.GetProperty("ports").EnumerateArray())
                Assert.True(
                    ports[port.GetProperty("port").GetInt32()] == "http" || rule.TryGetProperty("from", out _),
                    $"{port} is open to all");

        // Public addresses, and of the private ones none that is not named.
        var blocks = Regex.Matches(
            policy.GetProperty("egress").GetRawText(), @"""cidr"": ""(0\.0\.0\.0|::)/0"", ""except"": (\[[^\]]*\])");
        foreach (var block in blocks.Cast<Match>())
            Assert.Contains(
                block.Groups[1].Value == "::" ? "fc00::/7" : "10.0.0.0/8", block.Groups[2].Value, StringComparison.Ordinal);
        Assert.Equal(Regex.Count(policy.GetRawText(), "/0\""), Regex.Count(policy.GetRawText(), "\"except\""));
    }

    /// <summary>Runs with the settings of the manifests and the compose file, without a container.</summary>
    [Fact]
    public async Task A_gateway_makes_a_video_on_a_read_only_disk_without_capabilities()
    {
        var cancel = TestContext.Current.CancellationToken;
        using (var may = Process.Start(new ProcessStartInfo("unshare", ["--mount", "true"]) { RedirectStandardError = true })!)
        {
            await may.WaitForExitAsync(cancel);
            Assert.SkipUnless(may.ExitCode == 0, "This machine does not allow mount namespaces.");
        }
        using var folder = new TempFolder();
        await using var gateway = GatewayProcess.LaunchConfined(
            folder.Path, ["serve", "--urls", "http://127.0.0.1:0", "--data", folder["data"]]);
        var ready = await gateway.WaitForAsync("is ready on", cancel);
        Assert.True(ready is not null, string.Join('\n', gateway.Output));
        using var made = await gateway.Http.PostAsJsonAsync(
            ready.Split(" on ")[1] + "/queue/wan22-fast-t2v", new { prompt = "A fox", duration = 0.5 }, cancel);
        Assert.True(made.IsSuccessStatusCode);
        Assert.NotNull(await gateway.WaitForAsync("JobCompleted", cancel));
        using var jobs = await gateway.Http.GetAsync(ready.Split(" on ")[1] + "/jobs?status=COMPLETED", cancel);
        Assert.Contains("\"COMPLETED\"", await jobs.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubernetes_metrics_have_a_port_of_their_own_which_the_service_does_not_lead_to()
    {
        var documents = (await ReadAsync("kubernetes/gateway.yaml")).EnumerateArray().ToList();
        var container = documents.Single(IsOf("Deployment")).GetProperty("spec").GetProperty("template").GetProperty("spec")
            .GetProperty("containers")[0];
        var set = container.GetProperty("env").EnumerateArray()
            .ToDictionary(one => one.GetProperty("name").GetString()!, one => one.GetProperty("value").GetString());
        var port = container.GetProperty("ports").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == "metrics");
        Assert.Equal(("open", $"http://0.0.0.0:{port.GetProperty("containerPort")}"),
            (set["RUSHES_METRICS"], set["RUSHES_METRICS_URLS"]));
        Assert.DoesNotContain("metrics", documents.Single(IsOf("Service")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubernetes_probes_a_gateway_where_it_answers_and_keeps_one_of_them()
    {
        var documents = (await ReadAsync("kubernetes/gateway.yaml")).EnumerateArray()
            .ToDictionary(document => $"{document.GetProperty("kind")}");
        var pod = documents["Deployment"].GetProperty("spec").GetProperty("template");
        var labels = pod.GetProperty("metadata").GetProperty("labels").GetRawText();
        Assert.Equal(labels, documents["Service"].GetProperty("spec").GetProperty("selector").GetRawText());
        Assert.Equal(labels, documents["PodDisruptionBudget"].GetProperty("spec").GetProperty("selector")
            .GetProperty("matchLabels").GetRawText());

        await using var gateway = await TestGateway.StartAsync(0, TestContext.Current.CancellationToken);
        var container = pod.GetProperty("spec").GetProperty("containers")[0];
        foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
            await gateway.Http.GetStringAsync(container.GetProperty(probe).GetProperty("httpGet").GetProperty("path").GetString(),
                TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Workers_are_scaled_by_a_metric_that_there_is()
    {
        var scaled = (await ReadAsync("kubernetes/worker.yaml")).EnumerateArray()
            .Single(document => document.GetProperty("kind").GetString() == "ScaledObject");
        var query = scaled.GetProperty("spec").GetProperty("triggers")[0].GetProperty("metadata")
            .GetProperty("query").GetString()!;
        await using var gateway = await TestGateway.StartAsync(
            0, TestContext.Current.CancellationToken, options: new GatewayOptions { Metrics = "open" });
        var received = new Scrape(
            await gateway.Http.GetStringAsync($"{gateway.MetricsUrl}/metrics", TestContext.Current.CancellationToken)).Names;
        Assert.All(Regex.Matches(query, "rushes_[a-z_]+"), name => Assert.Contains(name.Value, received));
    }

    /// <summary>Finds misspelled and missing values of the chart without Helm.</summary>
    [Fact]
    public async Task The_chart_uses_the_values_that_it_describes_and_no_others()
    {
        var templates = Directory.GetFiles(Templates).Select(File.ReadAllText).ToList();
        var used = templates.SelectMany(text => Regex.Matches(text, @"\.Values\.([A-Za-z.]+)"))
            .Select(match => match.Groups[1].Value).ToHashSet();
        var described = Paths((await ReadAsync("chart/values.yaml"))[0], "").ToList();
        foreach (var value in used)
            Assert.Contains(described, path => path == value || path.StartsWith(value + ".", StringComparison.Ordinal));
        foreach (var path in described)
            Assert.Contains(used, value => path == value || path.StartsWith(value + ".", StringComparison.Ordinal));
        foreach (var text in templates)
            Assert.Equal(
                Regex.Count(text, @"\{\{-?\s*(if|with|range|define)\b"), Regex.Count(text, @"\{\{-?\s*end\b"));

        var settings = typeof(GatewayOptions).GetProperties()
            .Select(option => "RUSHES_" + Regex.Replace(option.Name, "(?<!^)[A-Z]", "_$0").ToUpperInvariant()).ToHashSet();
        foreach (Match setting in Regex.Matches(string.Concat(templates), "name: (RUSHES_[A-Z_]+)"))
            Assert.Contains(setting.Groups[1].Value, settings);
    }

    private static string Templates => Path.Combine(Folder, "chart", "templates");

    /// <summary>All files except the chart's templates, which are not YAML until Helm renders them.</summary>
    private static IEnumerable<string> YamlFiles() => Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories)
        .Where(path => !path.StartsWith(Templates, StringComparison.Ordinal));

    /// <summary>The paths of all values that are not objects, such as <c>image.tag</c>; of empty objects too.</summary>
    private static IEnumerable<string> Paths(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any()
            ? value.EnumerateObject().SelectMany(
                property => Paths(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}"))
            : [path];

    private static Func<JsonElement, bool> IsOf(string kind) => document => document.GetProperty("kind").GetString() == kind;

    /// <summary>The variables that a service's environment refers to.</summary>
    private static IEnumerable<string> Variables(JsonElement service) =>
        Regex.Matches(service.GetProperty("environment").GetRawText(), @"\$\{(\w+)")
            .Select(match => match.Groups[1].Value).Distinct();

    private static IEnumerable<string> Networks(JsonElement service) =>
        service.GetProperty("networks").EnumerateArray().Select(name => $"{name}");

    private static Task<JsonElement> ReadAsync(string file) => YamlFile.ReadAsync(Path.Combine(Folder, file));
}
