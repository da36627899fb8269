using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Rushes.Server.Settings;
using Rushes.Tests.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Cli;

/// <summary><c>rushes doctor</c> with real gateways, with and without problems.</summary>
public sealed class DoctorCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_gateway_has_nothing_to_do_and_every_worker_makes_a_video()
    {
        await using var gateway = await TestGateway.StartAsync(2, Cancel);
        await MeetAsync(gateway.Http, 2);

        var (exit, answer) = await DoctorAsync(new Uri(gateway.Origin), "--run");

        Assert.All(
            answer.GetProperty("findings").EnumerateArray(),
            finding => Assert.NotEqual("error", finding.GetProperty("level").GetString()));
        Assert.Equal((0, true), (exit, answer.GetProperty("ok").GetBoolean()));
        foreach (var check in new[]
        {
            "ffmpeg", "libvips", "disk", "database", "links", "storage", "clock", "engines", "models", "public_url", "callbacks",
            "trial",
        })
            Assert.NotEmpty(Of(answer, check));
        Assert.Equal(["ok", "ok"], Of(answer, "trial").Select(finding => finding.GetProperty("level").GetString()));
        Assert.DoesNotContain(
            await Stored.FilesInAsync(gateway.Data, Cancel), file => file.EndsWith(".txt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_engine_that_is_away_is_named()
    {
        await using var gateway = await TestGateway.StartAsync(
            1, Cancel, options: new GatewayOptions { Engine = "comfyui=http://127.0.0.1:1" });
        await AskUntilAsync(
            gateway.Http, "comfyui cannot run any model: the ComfyUI server http://127.0.0.1:1/ did not respond (");

        await using var doctor = GatewayProcess.Launch(["doctor", "--url", gateway.Origin], TestGateway.Key);

        Assert.Equal(1, await doctor.ExitAsync(Cancel));
        var said = string.Join('\n', doctor.Output);
        Assert.Contains("): start it.", said, StringComparison.Ordinal);
        Assert.Contains("their jobs stay queued", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_file_that_a_remote_worker_s_engine_lacks_is_named_with_the_models_that_wait_for_it()
    {
        await using var comfy = await ComfyStub.StartAsync(Cancel);
        comfy.Missing.Add("wan2.2_s2v_14B_fp8_scaled.safetensors");
        comfy.Arguments = ["main.py", "--listen", "127.0.0.1"];
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        await using var worker = GatewayProcess.Launch(
            ["worker", "--server", gateway.Origin, "--name", "attic", "--engine", $"comfyui={comfy.Url}"],
            TestGateway.Key);

        var said = await AskUntilAsync(
            gateway.Http,
            "remote:1:attic/1: comfyui: model file models/diffusion_models/wan2.2_s2v_14B_fp8_scaled.safetensors is missing "
                + "(node UNETLoader); it cannot make wan22-s2v");

        Assert.Contains("remote:1:attic/1: comfyui on NVIDIA RTX Stub, ", said, StringComparison.Ordinal);
        Assert.Contains(
            $"remote:1:attic/1: comfyui: {comfy.Url}: it writes prompts into the files of its output folder; "
            + "start it with --disable-metadata.",
            said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_told_with_what_it_stops()
    {
        using var data = new TempFolder();
        using var mount = Process.Start(
            new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=32m", "none", data.Path])
                { RedirectStandardError = true })!;
        await mount.WaitForExitAsync(Cancel);
        Assert.SkipUnless(mount.ExitCode == 0, "A small disk cannot be mounted here.");
        try
        {
            await using var gateway = await GatewayProcess.StartAsync(data.Path, 1, Cancel);
            await MeetAsync(gateway.Http, 1);
            // What the gateway writes at the start is there: none of it gives room back.
            await Stored.OwnerWrittenAsync(data.Path, Cancel);
            await FillAsync(data["ballast"]);

            var (exit, answer) = await DoctorAsync(gateway.Http.BaseAddress!);

            Assert.Equal(1, exit);
            Assert.Equal("error", Assert.Single(Of(answer, "disk")).GetProperty("level").GetString());
            Assert.Contains(
                "No space left", Assert.Single(Of(answer, "storage")).GetProperty("says").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            using var unmount = Process.Start("umount", ["-l", data.Path]);
            await unmount.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Without_a_gateway_the_machine_is_looked_at()
    {
        using var data = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = $"http://{other.LocalEndpoint}";
        await using var doctor = GatewayProcess.Launch(
            ["doctor", "--url", "http://127.0.0.1:1", "--data", data["new"]], TestGateway.Key, ("RUSHES_URLS", taken));

        Assert.Equal(1, await doctor.ExitAsync(Cancel));
        var said = string.Join('\n', doctor.Output);
        Assert.Contains("The gateway at http://127.0.0.1:1/ cannot be reached", said, StringComparison.Ordinal);
        Assert.Contains("ffmpeg version", said, StringComparison.Ordinal);
        Assert.Contains($"Cannot listen on {taken}", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data["new"]));
    }

    [Fact]
    public async Task Ways_in_and_out_that_are_closed_are_told()
    {
        await using var gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { PublicUrl = "http://127.0.0.1:1" });

        var answer = await gateway.Http.GetFromJsonAsync<JsonElement>(
            $"/admin/health?reach={Uri.EscapeDataString(gateway.Origin)}", Cancel);

        Assert.False(answer.GetProperty("ok").GetBoolean());
        foreach (var check in new[] { "links", "public_url", "callbacks", "engines" })
            Assert.Equal("error", Assert.Single(Of(answer, check)).GetProperty("level").GetString());
        Assert.Contains(
            "fetch-allow", Assert.Single(Of(answer, "callbacks")).GetProperty("do").GetString(), StringComparison.Ordinal);
    }

    private static async Task<(int Exit, JsonElement Answer)> DoctorAsync(Uri url, params string[] more)
    {
        await using var doctor = GatewayProcess.Launch(["doctor", "--url", $"{url}", "--json", .. more], TestGateway.Key);
        var exit = await doctor.ExitAsync(Cancel);
        return (exit, JsonDocument.Parse(string.Join('\n', doctor.Output)).RootElement);
    }

    private static List<JsonElement> Of(JsonElement answer, string check) =>
        [.. answer.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("check").GetString() == check)];

    /// <summary>Waits until this many workers have registered.</summary>
    private static Task MeetAsync(HttpClient http, int workers) => Eventually.ReadAsync(
        () => http.GetFromJsonAsync<JsonElement>("/admin/workers", Cancel),
        answer => answer.GetProperty("workers").GetArrayLength() >= workers,
        Cancel);

    /// <summary>Repeats the doctor's request until the response contains this.</summary>
    private static async Task<string> AskUntilAsync(HttpClient http, string says)
    {
        return await Eventually.ReadAsync(
            async () =>
            {
                var answer = await http.GetFromJsonAsync<JsonElement>("/admin/health", Cancel);
                var findings = answer.GetProperty("findings").EnumerateArray();
                return string.Join('\n', findings.Select(finding => finding.GetProperty("says").GetString()));
            },
            said => said.Contains(says, StringComparison.Ordinal),
            Cancel);
    }

    private static async Task FillAsync(string path)
    {
        await using var ballast = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true) await ballast.WriteAsync(block, Cancel);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
