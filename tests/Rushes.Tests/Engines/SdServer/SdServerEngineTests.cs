using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.SdServer;
using Rushes.Tests.Conformance;
using Xunit;

namespace Rushes.Tests.Engines.SdServer;

/// <summary>A fake server in a process of its own, spoken to over a real socket.</summary>
public sealed class SdServerEngineTests : EngineConformance
{
    private readonly TempFolder folder = new();
    private readonly List<SdServerEngine> engines = [];
    private readonly LogLines log = new();

    protected override ValueTask<IEngine> StartAsync(CancellationToken cancel) => new(Start());

    protected override async ValueTask StopAsync()
    {
        foreach (var engine in engines) await engine.DisposeAsync();
        Assert.Empty(ProcessesIn(folder.Path));
        folder.Dispose();
    }

    [Theory]
    [InlineData("please crash", "ended during the run", Blame.Engine)]
    [InlineData("please refuse", "was busy and is restarted", Blame.Engine)]
    [InlineData("please object", "refused the request", Blame.Job)]
    [InlineData("please fail", "generate_video returned no frames", Blame.Engine)]
    public async Task A_failure_is_told_and_the_next_job_succeeds(string prompt, string message, Blame blame)
    {
        using var scratch = new TempFolder();
        using var again = new TempFolder();

        var failed = Assert.IsType<EngineEvent.Failed>((await RunAsync(Job(ModelKind.TextToVideo, prompt), scratch))[^1]);
        var next = await RunAsync(Job(ModelKind.TextToVideo), again);

        Assert.Equal(blame, failed.Blame);
        Assert.Equal(prompt == "please refuse", failed.NeverStarted);
        Assert.Contains(message, failed.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failed.Error.Message, StringComparison.Ordinal);
        Assert.IsType<EngineEvent.Output>(next[^1]);
    }

    [Fact]
    public async Task A_server_that_survives_its_lack_of_memory_is_not_started_again_and_the_log_has_what_it_printed()
    {
        using var scratch = new TempFolder();
        using var again = new TempFolder();

        var failed = Assert.IsType<EngineEvent.Failed>(
            (await RunAsync(Job(ModelKind.TextToVideo, "please run out of memory"), scratch))[^1]);
        Assert.IsType<EngineEvent.Output>((await RunAsync(Job(ModelKind.TextToVideo), again))[^1]);

        Assert.Equal(
            ("out_of_memory", "The GPU has too little memory.", Blame.Engine),
            (failed.Error.Code, failed.Error.Message, failed.Blame));
        Assert.Single(log, line => line.StartsWith("ServerReady", StringComparison.Ordinal));
        var logged = Assert.Single(log, line => line.StartsWith("ServerFailed", StringComparison.Ordinal));
        Assert.Contains("alloc compute buffer failed to allocate", logged, StringComparison.Ordinal);
        // The flag that its help names, and no other.
        Assert.Contains("--eager-load", logged, StringComparison.Ordinal);
        Assert.DoesNotContain("--no-such-flag", logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_cancelled_job_a_fresh_server_takes_the_next()
    {
        using var scratch = new TempFolder();
        using var again = new TempFolder();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in Engine.RunAsync(Job(ModelKind.TextToVideo) with
                { Plan = Plan(ModelKind.TextToVideo, frames: 800) }, scratch.Path, cancel.Token))
                if (happened is EngineEvent.Tasks { Done: > 1 }) await cancel.CancelAsync();
        });

        Assert.IsType<EngineEvent.Output>((await RunAsync(Job(ModelKind.TextToVideo), again))[^1]);
    }

    [Theory]
    [InlineData("--broken", "did not start", Blame.Engine)]
    [InlineData("--without-encoder", "has no text encoder", Blame.Engine)]
    public async Task A_server_that_cannot_start_fails_the_job(string flag, string message, Blame blame)
    {
        using var scratch = new TempFolder();

        var events = await RunAsync(Start(flag), Job(ModelKind.TextToVideo), scratch);

        var failed = Assert.IsType<EngineEvent.Failed>(events[^1]);
        Assert.Equal(blame, failed.Blame);
        Assert.True(failed.NeverStarted);
        Assert.Contains(message, failed.Error.Message, StringComparison.Ordinal);
    }

    private SdServerEngine Start(string flag = "--none")
    {
        File.WriteAllText(folder[$"fake{flag}.json"], $$"""
            {
              "gpus": ["0"],
              "programs": {
                "sd-server": {
                  "serves": ["wan22-fast-t2v", "wan22-fast-i2v"],
                  "program": "dotnet",
                  "arguments": ["{{Path.Combine(AppContext.BaseDirectory, "Rushes.FakeSdServer.dll")}}",
                    "--listen-ip", "127.0.0.1", "--listen-port", "{port}", "{{flag}}"],
                  "drawing": { "framesMultiple": 4, "sidesMultiple": 16, "steps": 4 },
                  "request": { "sample_params": { "sample_method": "euler" } },
                  "stages": [
                    { "name": "prompt", "tasks": 1, "ends": "get_learned_condition completed" },
                    { "name": "steps", "progress": "\\|[=> ]{50}\\| (?<done>\\d+)/(?<total>\\d+) - [\\d.]+(s/it|it/s)",
                      "ends": " sampling completed" },
                    { "name": "decode", "tasks": 1, "ends": "decode_first_stage completed" }
                  ],
                  "check": ["{{Path.Combine(AppContext.BaseDirectory, "Rushes.FakeSdServer.dll")}}", "--help"],
                  "ifSupported": ["--eager-load", "--no-such-flag"],
                  "faults": [
                    { "line": "No text encoders provided", "message": "The program has no text encoder." },
                    { "line": "failed to allocate", "code": "out_of_memory", "message": "The GPU has too little memory." }
                  ]
                }
              }
            }
            """);
        var engine = SdServerEngine.Start(
            folder[$"fake{flag}.json"], ["wan22-fast-t2v", "wan22-fast-i2v"], folder[$"servers{flag}"], TimeProvider.System,
            log,
            TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(50));
        engines.Add(engine);
        return engine;
    }
}
