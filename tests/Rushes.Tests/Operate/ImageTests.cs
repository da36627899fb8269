using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Programs;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>The container image: its Dockerfile beside what starts it, and the image of a release.</summary>
public sealed class ImageTests
{
    private static readonly string Root = RoomTests.Root();
    private static readonly string Dockerfile =
        File.ReadAllText(Path.Combine(Root, "deploy", "Dockerfile")).Replace("\\\n", "", StringComparison.Ordinal);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Compose_and_the_manifests_use_its_user_folder_and_port()
    {
        var (user, folder, port) = (Line("USER"), Line("VOLUME"), Line("EXPOSE"));
        Assert.Equal(folder, Line("WORKDIR"));
        Assert.Equal($"RUSHES_DATA={folder} RUSHES_URLS=http://0.0.0.0:{port}", Line("ENV"));
        Assert.Contains($"useradd --uid {user} ", Dockerfile, StringComparison.Ordinal);
        Assert.Contains($"install -d -m 0700 -o rushes -g rushes {folder}", Dockerfile, StringComparison.Ordinal);
        Assert.Contains($"base.name=\"docker.io/library/{Line("FROM")}\"", Dockerfile, StringComparison.Ordinal);

        var services = (await ReadAsync("compose.yaml"))[0].GetProperty("services");
        var published = services.GetProperty("gateway").GetProperty("ports")[0].GetString();
        Assert.EndsWith($":{port}", published, StringComparison.Ordinal);
        foreach (var name in (string[])["gateway", "worker"])
            Assert.EndsWith(
                $":{folder}", services.GetProperty(name).GetProperty("volumes")[0].GetString(), StringComparison.Ordinal);
        // Each volume and network that a service names is there, and each that is there is named.
        foreach (var kind in (string[])["volumes", "networks"])
            Assert.Equal(
                (await ReadAsync("compose.yaml"))[0].GetProperty(kind).EnumerateObject().Select(one => one.Name).Order(),
                services.EnumerateObject().SelectMany(one => one.Value.GetProperty(kind).EnumerateArray())
                    .Select(one => one.GetString()!.Split(':')[0])
                    .Where(one => !one.StartsWith('.'))
                    .Distinct().Order());

        var pod = (await ReadAsync("kubernetes/gateway.yaml"))[0].GetProperty("spec").GetProperty("template").GetProperty("spec");
        var container = pod.GetProperty("containers")[0];
        Assert.Equal(user, pod.GetProperty("securityContext").GetProperty("runAsUser").GetRawText());
        Assert.Equal(port, container.GetProperty("ports")[0].GetProperty("containerPort").GetRawText());
        Assert.Contains(
            container.GetProperty("volumeMounts").EnumerateArray(), one => one.GetProperty("mountPath").GetString() == folder);
    }

    [Fact]
    public async Task Its_health_check_succeeds_while_a_gateway_is_ready()
    {
        var check = JsonSerializer.Deserialize<string[]>(
            Regex.Match(Dockerfile, @"(?m)^HEALTHCHECK .*?CMD (\[.*\])$").Groups[1].Value)!;
        int port;
        await using (var gateway = await TestGateway.StartAsync(0, Cancel))
        {
            port = gateway.Http.BaseAddress!.Port;
            Assert.Equal(0, (await CheckAsync()).Code);
        }
        Assert.NotEqual(0, (await CheckAsync()).Code);

        Task<Exit> CheckAsync() => Tool.RunAsync(
            check[0],
            [.. check[1..].Select(
                part => part.Replace("/8080", "/" + port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))],
            Cancel);
    }

    /// <summary>Started by hand after scripts/release: needs root, buildah, iproute2 and the emulator of the other one.</summary>
    [Theory(Explicit = true)]
    [InlineData("linux-x64")]
    [InlineData("linux-arm64")]
    public async Task The_image_of_a_release_serves_makes_videos_and_stops(string runtime)
    {
        var image = Assert.Single(Directory.GetFiles(Path.Combine(Root, "dist"), $"rushes-image-*-{runtime}.tar"));
        var exit = await Tool.RunAsync(Path.Combine(Root, "scripts", "package", "try-image"), [image], Cancel);
        Assert.True(exit.Ok, exit.Output + exit.Errors);
        TestContext.Current.TestOutputHelper!.WriteLine(exit.Output);

        using var list = JsonDocument.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(image, ".cdx.json"), Cancel));
        var packages = list.RootElement.GetProperty("components").EnumerateArray()
            .Select(one => one.GetProperty("name").GetString()!).ToList();
        Assert.Superset(new HashSet<string> { "ffmpeg", "rushes", "libc6" }, packages.ToHashSet());
    }

    private static string Line(string instruction) =>
        Assert.Single(Regex.Matches(Dockerfile, $@"(?m)^{instruction} (.+)$")).Groups[1].Value.Trim();

    private static Task<JsonElement> ReadAsync(string file) => YamlFile.ReadAsync(Path.Combine(Root, "deploy", file));
}
