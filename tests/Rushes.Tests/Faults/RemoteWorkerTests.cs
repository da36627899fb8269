using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Faults;

/// <summary>Real worker processes: killed, paused, drained, and the gateway away.</summary>
public sealed class RemoteWorkerTests
{
    private static readonly object Short = new { prompt = "a wave", duration = 0.5, width = 512, height = 512 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_remote_worker_makes_every_kind_of_job_it_serves()
    {
        using var data = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        using var programs = new TempFolder();
        await File.WriteAllTextAsync(
            programs["nvidia-smi"], "#!/bin/sh\ncase \"$*\" in *'--id=1') echo 'NVIDIA Test GPU, 8192';; esac\n", Cancel);
        File.SetUnixFileMode(programs["nvidia-smi"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var worker = GatewayProcess.Launch(
            ["worker", "--server", gateway.Origin, "--name", "attic", "--engine", "draft", "--engine", "draft",
            "--gpu", "1"], TestGateway.Key,
            ("PATH", $"{programs.Path}:{Environment.GetEnvironmentVariable("PATH")}"));
        Assert.NotNull(await worker.WaitForAsync("attic/2: draft on NVIDIA Test GPU", Cancel));
        var ids = new List<string>();
        for (var job = 0; job < 4; job++) ids.Add(await CreateAsync(gateway.Http, Short));

        foreach (var id in ids) Assert.Equal("COMPLETED", await EndAsync(gateway.Http, id));

        Assert.Equal(4, Videos(data).Length);
        var workers = (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/workers", Cancel)).GetProperty("workers")
            .EnumerateArray()
            .ToList();
        Assert.Equal(["remote:1:attic/1", "remote:1:attic/2"], workers.Select(each => each.GetProperty("name").GetString()));
        Assert.All(
            workers,
            each => Assert.Equal(
                ("draft", 8192),
                (each.GetProperty("engine").GetString(), each.GetProperty("gpu").GetProperty("megabytes").GetInt32())));
        Assert.Equal(0, await worker.StopAsync(Cancel));
    }

    [Fact]
    public async Task The_job_of_a_killed_worker_is_finished_by_another()
    {
        using var data = new TempFolder();
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path, new GatewayOptions { LeaseSeconds = 10 });
        var id = await CreateAsync(gateway.Http, Short);
        await using (var first = await StartAsync(gateway.Origin, "--engine", await engine.WriteAsync(Cancel)))
        {
            await engine.ProgramAsync(Cancel);
            await first.KillAsync();
        }
        await using var second = await StartAsync(gateway.Origin);

        Assert.Equal("COMPLETED", await EndAsync(gateway.Http, id));
        Assert.Single(Videos(data));
    }

    [Fact]
    public async Task The_programs_and_files_of_a_killed_worker_do_not_outlive_it()
    {
        using var data = new TempFolder();
        using var temporary = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        var pid = temporary["pid"];
        await File.WriteAllTextAsync(temporary["engine.json"], $$"""
            {
              "gpus": [],
              "programs": { "hang": {
                "serves": ["wan22-fast-t2v"], "program": "bash", "arguments": ["-c", "echo $$ > {{pid}}; exec sleep 1000"]
              } }
            }
            """, Cancel);
        await CreateAsync(gateway.Http, Short);
        string[] command =
            ["worker", "--server", gateway.Origin, "--engine", $"process={temporary["engine.json"]}"];
        await using (var first = GatewayProcess.Launch(command, TestGateway.Key, ("TMPDIR", temporary.Path)))
        {
            await first.WaitForAsync("JobStarted", Cancel);
            await Eventually.TrueAsync(
                async () => File.Exists(pid) && (await File.ReadAllTextAsync(pid, Cancel)).Length > 0, Cancel);
            await first.KillAsync();
            var program = int.Parse(await File.ReadAllTextAsync(pid, Cancel), CultureInfo.InvariantCulture);
            await Eventually.TrueAsync(() => !WaitingEngine.IsRunning(program), Cancel);
        }
        var root = Assert.Single(Directory.GetDirectories(temporary.Path, "rushes-workers-*"));
        var left = Assert.Single(Directory.GetDirectories(root));

        await using var second = GatewayProcess.Launch(
            [.. command, "--models", "wan22-fast-t2v-pro"], TestGateway.Key, ("TMPDIR", temporary.Path));
        await second.WaitForAsync("Working for", Cancel);

        Assert.False(Directory.Exists(left));
        await second.StopAsync(Cancel);
        Assert.Empty(Directory.GetFileSystemEntries(root));
    }

    [Fact]
    public async Task A_worker_that_was_paused_past_its_lease_cannot_finish_the_job()
    {
        using var data = new TempFolder();
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path, new GatewayOptions { LeaseSeconds = 10 });
        var id = await CreateAsync(gateway.Http, Short);
        await using var paused = await StartAsync(gateway.Origin, "--engine", await engine.WriteAsync(Cancel));
        await paused.WaitForAsync("JobStarted", Cancel);
        await engine.ProgramAsync(Cancel);
        await paused.SignalAsync("STOP");
        await using var second = await StartAsync(gateway.Origin);
        Assert.Equal("COMPLETED", await EndAsync(gateway.Http, id));
        var video = Assert.Single(Videos(data));

        await engine.GoAsync(Cancel);
        await paused.SignalAsync("CONT");

        Assert.NotNull(await paused.WaitForAsync("LeaseLost", Cancel));
        Assert.Equal(video, Assert.Single(Videos(data)));
    }

    [Fact]
    public async Task A_worker_outlasts_a_gateway_that_is_killed_and_comes_back()
    {
        using var data = new TempFolder();
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        await using var gateway = await GatewayProcess.StartAsync(data.Path, 0, Cancel);
        var port = gateway.Http.BaseAddress!.Port;
        var id = await CreateAsync(gateway.Http, Short);
        await using var worker = await StartAsync($"{gateway.Http.BaseAddress}", "--engine", await engine.WriteAsync(Cancel));
        await engine.ProgramAsync(Cancel);
        await gateway.KillAsync();
        // The video is finished while the gateway is down.
        await engine.GoAsync(Cancel);
        Assert.NotNull(await worker.WaitForAsync("GatewayAway", Cancel));

        await using var again = await GatewayProcess.StartAsync(data.Path, 0, Cancel, "--urls", $"http://127.0.0.1:{port}");

        Assert.Equal("COMPLETED", await EndAsync(again.Http, id));
        Assert.Single(Videos(data));
    }

    [Fact]
    public async Task A_drained_worker_hands_its_job_back_unharmed()
    {
        using var data = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        var id = await CreateAsync(gateway.Http, Short);
        await using (var worker = await StartAsync(gateway.Origin))
        {
            await worker.WaitForAsync("JobStarted", Cancel);
            Assert.Equal(0, await worker.StopAsync(Cancel));
        }
        await using var next = await StartAsync(gateway.Origin);
        Assert.Equal("COMPLETED", await EndAsync(gateway.Http, id));
    }

    [Fact]
    public async Task A_forced_cancel_reaches_the_engine()
    {
        using var data = new TempFolder();
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        var id = await CreateAsync(gateway.Http, Short);
        await using var worker = await StartAsync(gateway.Origin, "--engine", await engine.WriteAsync(Cancel));
        var program = await engine.ProgramAsync(Cancel);
        using var cancelled = await gateway.Http.PutAsync($"/queue/wan22-fast-t2v/requests/{id}/cancel?force=true", null, Cancel);
        Assert.Equal("CANCELLED", await EndAsync(gateway.Http, id));
        await Eventually.TrueAsync(() => !WaitingEngine.IsRunning(program), Cancel);
        Assert.Empty(Videos(data));
    }

    [Fact]
    public async Task A_key_without_the_scope_and_a_strange_model_are_rejected_with_a_line()
    {
        using var data = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        await using var stranger = GatewayProcess.Launch(
            ["worker", "--server", gateway.Origin, "--key", "not-a-key-of-this-gateway"], null);
        Assert.NotNull(await stranger.WaitForAsync("refused this worker (401)", Cancel));
        Assert.Equal(2, await stranger.ExitAsync(Cancel));
        await using var none = GatewayProcess.Launch(
            ["worker", "--server", gateway.Origin, "--models", "nothing-*"], TestGateway.Key);
        Assert.NotNull(await none.WaitForAsync("nothing-*", Cancel));
    }

    private static async Task<GatewayProcess> StartAsync(string server, params string[] more)
    {
        var worker = GatewayProcess.Launch(["worker", "--server", server, .. more], TestGateway.Key);
        Assert.NotNull(await worker.WaitForAsync("Working for", Cancel));
        return worker;
    }

    private static string[] Videos(TempFolder data) =>
        Directory.GetFiles(Path.Combine(data.Path, "files"), "*.mp4", SearchOption.AllDirectories);

    private static async Task<string> CreateAsync(HttpClient http, object input)
    {
        using var answer = await http.PostAsJsonAsync("/queue/wan22-fast-t2v", input, Cancel);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    private static async Task<string> EndAsync(HttpClient http, string id) =>
        (await Eventually.EndedAsync(http, id, Cancel)).GetProperty("status").GetString()!;
}
