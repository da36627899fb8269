using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Media;
using Rushes.Pictures;
using Rushes.Server.Settings;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>What a release consists of, as far as it can be checked without building one.</summary>
public sealed class ReleaseTests
{
    private static readonly string Root = RoomTests.Root();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_dry_form_lists_every_artefact_and_packs_the_Debian_package()
    {
        var exit = await Tool.RunAsync(Path.Combine(Root, "scripts", "release"), ["--dry", "9.8.7-rc.1"], Cancel);
        Assert.True(exit.Ok, exit.Errors);
        foreach (var made in new[]
        {
            "rushes-9.8.7-rc.1-linux-x64.tar.gz", "rushes-9.8.7-rc.1-linux-arm64.tar.gz", "rushes-9.8.7-rc.1-osx-arm64.tar.gz",
            "rushes-9.8.7-rc.1-win-x64.tar.gz", "rushes_9.8.7~rc.1_amd64.deb", "rushes_9.8.7~rc.1_arm64.deb",
            "Rushes.Client.9.8.7-rc.1.nupkg", "Rushes.Cli.9.8.7-rc.1.nupkg", "rushes-chart-9.8.7-rc.1.tgz",
            "rushes-image-9.8.7-rc.1-linux-x64.tar", "rushes-image-9.8.7-rc.1-linux-x64.cdx.json",
            "rushes-image-9.8.7-rc.1-linux-arm64.tar", "rushes-image-9.8.7-rc.1-linux-arm64.cdx.json",
            "rushes-image-9.8.7-rc.1.oci.tar", "rushes-9.8.7-rc.1.cdx.json", "SHA256SUMS",
        }) Assert.Contains($"  {made}\n", exit.Output, StringComparison.Ordinal);
        Assert.Contains("this commit does not have the tag v9.8.7-rc.1", exit.Output, StringComparison.Ordinal);
        foreach (var packed in new[]
        {
            "-rw------- root/root ./etc/rushes/rushes.env", "-rw------- root/root ./etc/rushes/worker.env",
            "-rwxr-xr-x root/root ./usr/lib/rushes/rushes", "-rw-r--r-- root/root ./usr/lib/systemd/system/rushes.service",
            "-rw-r--r-- root/root ./usr/lib/systemd/system/rushes-worker.service",
            "-rw-r--r-- root/root ./usr/share/doc/rushes/copyright", "./usr/bin/rushes -> ../lib/rushes/rushes",
        }) Assert.Contains(packed, exit.Output, StringComparison.Ordinal);

        var rejected = await Tool.RunAsync(Path.Combine(Root, "scripts", "release"), ["9.8"], Cancel);
        Assert.Equal(2, rejected.Code);
        Assert.Contains("usage: scripts/release", rejected.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_Debian_package_is_the_same_for_the_same_input()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["program"]);
        await File.WriteAllTextAsync(Path.Combine(folder["program"], "rushes"), "#!/bin/sh\n", Cancel);
        foreach (var output in new[] { "one", "two" })
        {
            var made = await Tool.RunAsync(
                "env",
                [
                    "SOURCE_DATE_EPOCH=1700000000", Path.Combine(Root, "scripts", "package", "deb"), folder["program"], "1.2.3",
                    "amd64", folder[output],
                ],
                Cancel);
            Assert.True(made.Ok, made.Errors);
        }
        var packages = new[] { "one", "two" }.Select(output => Path.Combine(folder[output], "rushes_1.2.3_amd64.deb")).ToList();
        Assert.Equal(await File.ReadAllBytesAsync(packages[0], Cancel), await File.ReadAllBytesAsync(packages[1], Cancel));
        var control = (await Tool.RunAsync("dpkg-deb", ["--field", packages[0]], Cancel)).Output;
        foreach (var field in new[] { "Package: rushes", "Version: 1.2.3", "Architecture: amd64" })
            Assert.Contains(field, control, StringComparison.Ordinal);
        Assert.Matches("(?m)^Depends: .*\\bffmpeg\\b", control);
        Assert.DoesNotContain("@", control.Replace("@localhost", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rushes.service", "User=rushes")]
    [InlineData("rushes-worker.service", "DynamicUser=yes")]
    public async Task The_services_are_confined(string unit, string user)
    {
        var file = Path.Combine(Root, "deploy", "systemd", unit);
        var lines = await File.ReadAllLinesAsync(file, Cancel);
        foreach (var line in new[]
        {
            user, "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "PrivateTmp=yes",
            "SystemCallFilter=@system-service", "KillMode=mixed", "OOMPolicy=continue",
        }) Assert.Contains(line, lines);
        Assert.Contains(lines, line => line.StartsWith("MemoryMax=", StringComparison.Ordinal));
        // Longer than a gateway lets running jobs go on.
        var stop = lines.Single(line => line.StartsWith("TimeoutStopSec=", StringComparison.Ordinal)).Split('=')[1];
        Assert.True(int.Parse(stop, CultureInfo.InvariantCulture) > new GatewayOptions().DrainSeconds + 10);
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed.");
        var verified = await Tool.RunAsync("systemd-analyze", ["verify", file], Cancel);
        Assert.DoesNotContain("Unknown", verified.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Failed to parse", verified.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_package_in_the_program_is_in_the_notices()
    {
        var notices = File.ReadAllText(Path.Combine(Root, "NOTICES.md"));
        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "src", "Rushes.Cli", "packages.lock.json")));
        foreach (var package in locked.RootElement.GetProperty("dependencies").EnumerateObject().Single().Value.EnumerateObject())
        {
            var isProject = package.Value.GetProperty("type").GetString() == "Project";
            if (isProject || package.Name.Contains("Analyzers", StringComparison.Ordinal)) continue;
            string[] shared = ["Microsoft.IdentityModel", "NetVips.Native", "OpenTelemetry", "SQLitePCLRaw"];
            var name = shared.FirstOrDefault(prefix => package.Name.StartsWith(prefix, StringComparison.Ordinal)) ?? package.Name;
            Assert.Matches($@"(?m)^\|.*\b{Regex.Escape(name)}\b", notices);
        }
    }

    [Fact]
    public void A_single_file_program_starts_itself_to_read_pictures() =>
        Assert.Equal(ImageProgram.Argument, ImageHost.OwnArgument);

    [Theory]
    [InlineData("dnf", "dnf install ffmpeg-free util-linux")]
    [InlineData("brew", "brew install ffmpeg")]
    [InlineData("none", "see https://ffmpeg.org/download.html")]
    public void The_command_that_installs_ffmpeg_is_the_systems_own(string manager, string command) =>
        Assert.Equal(command, FfmpegInstall.CommandOf(program => program == manager ? $"/usr/bin/{program}" : null));
}
