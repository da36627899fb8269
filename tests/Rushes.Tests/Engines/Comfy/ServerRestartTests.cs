using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>The operator's command that restarts a stuck server, with real processes.</summary>
public sealed class ServerRestartTests
{
    private static readonly ComfyOptions Options = new() { Server = new Uri("http://10.0.0.9:8189/") };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_stays_stuck_is_restarted_and_then_takes_jobs()
    {
        var clock = new PollingClock(TimeSpan.FromSeconds(2));
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["restart"], $"echo \"$1\" >> '{folder["calls"]}'", Cancel);
        await using var bench = await ComfyBench.StartAsync(
            clock: clock, with: options => options with
            {
                Poll = clock.Poll, Restart = ["sh", folder["restart"], "{host}:{port}"],
            });
        bench.Stub.Fates.Enqueue(Fate.Hang);
        Assert.IsType<EngineEvent.Failed>(await bench.RunAsync());

        var ready = bench.Engine.ReadyAsync(Cancel);
        await Eventually.TrueAsync(() => File.Exists(folder["calls"]), Cancel);
        bench.Stub.Restart();

        await ready;
        Assert.True(bench.Part.State.TakesJobs);
        Assert.Equal(bench.Stub.Url.Authority, (await File.ReadAllLinesAsync(folder["calls"], Cancel))[0]);
    }

    [Fact]
    public async Task Restarts_are_limited_in_number_and_have_a_pause()
    {
        var clock = new FakeClock();
        var restart = new ServerRestart(Options with { Restart = ["true"] }, clock, NullLogger.Instance);

        Assert.IsType<Checkup.DoesNotAnswer>(await restart.RunAsync("it is stuck", Cancel));
        Assert.Equal("it is stuck; it was already restarted within the last five minutes", await ReasonAsync(restart));
        for (var more = 1; more < ServerRestart.MaxRestarts; more++)
        {
            clock.Advance(ServerRestart.Pause);
            Assert.IsType<Checkup.DoesNotAnswer>(await restart.RunAsync("it is stuck", Cancel));
        }
        clock.Advance(ServerRestart.Pause);
        Assert.Equal("it is stuck; it was already restarted 3 times within an hour", await ReasonAsync(restart));
        clock.Advance(ServerRestart.Period);
        Assert.IsType<Checkup.DoesNotAnswer>(await restart.RunAsync("it is stuck", Cancel));
    }

    [Fact]
    public async Task Restarts_of_earlier_runs_count_for_the_same_server()
    {
        var clock = new FakeClock();
        using var folder = new TempFolder();
        var options = Options with { Restart = ["true"], RestartsFolder = folder["restarts"] };
        ServerRestart New(ComfyOptions of) => new(of, clock, NullLogger.Instance);

        for (var run = 0; run < ServerRestart.MaxRestarts; run++)
        {
            Assert.IsType<Checkup.DoesNotAnswer>(await New(options).RunAsync("it is stuck", Cancel));
            Assert.Equal(
                run + 1 < ServerRestart.MaxRestarts
                    ? "it is stuck; it was already restarted within the last five minutes"
                    : "it is stuck; it was already restarted 3 times within an hour",
                await ReasonAsync(New(options)));
            clock.Advance(ServerRestart.Pause);
        }
        Assert.IsType<Checkup.DoesNotAnswer>(
            await New(options with { Server = new Uri("http://10.0.0.9:8190/") }).RunAsync("it is stuck", Cancel));
        clock.Advance(ServerRestart.Period);
        Assert.IsType<Checkup.DoesNotAnswer>(await New(options).RunAsync("it is stuck", Cancel));
    }

    [Fact]
    public async Task A_command_that_fails_or_does_not_exist_is_named_with_its_reason()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["restart"], "echo 'no such unit' >&2; exit 5", Cancel);

        Assert.Equal(
            "it is stuck; the restart command ended with exit code 5: no such unit",
            await ReasonAsync(new ServerRestart(
                Options with { Restart = ["sh", folder["restart"]] }, TimeProvider.System, NullLogger.Instance)));
        Assert.StartsWith(
            "it is stuck; the restart command cannot be started",
            await ReasonAsync(new ServerRestart(
                Options with { Restart = ["no-such-program-here"] }, TimeProvider.System, NullLogger.Instance)),
            StringComparison.Ordinal);
        Assert.Equal("it is stuck", await ReasonAsync(new ServerRestart(Options, TimeProvider.System, NullLogger.Instance)));
    }

    private static async Task<string> ReasonAsync(ServerRestart restart) =>
        Assert.IsType<Checkup.Broken>(await restart.RunAsync("it is stuck", Cancel)).Reason;
}
