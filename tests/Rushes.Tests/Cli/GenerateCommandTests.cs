using System.Text.Json;
using Rushes.Media;
using Rushes.Server.Settings;
using Rushes.Tests.Engines;
using Xunit;

namespace Rushes.Tests.Cli;

/// <summary>The commands that create videos.</summary>
public sealed class GenerateCommandTests : IAsyncLifetime
{
    private static readonly string[] Short = ["--duration", "0.5", "--seed", "7"];

    private readonly TempFolder folder = new();
    private TestGateway? idle;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => idle =
        await TestGateway.StartAsync(workers: 0, Cancel, options: new GatewayOptions { FetchAllow = "127.0.0.0/8" });

    public async ValueTask DisposeAsync()
    {
        await idle!.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Every_kind_is_made_from_files_and_saved()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 2, Cancel);
        var picture = await SampleMedia.PictureAsync(folder);
        var sound = await SampleMedia.SoundAsync(folder);
        var clip = await SampleMedia.ClipAsync(folder);

        // Between pipes the path is all there is on the standard output.
        var text = await RunAsync(
            gateway, ["generate", "t2v", "a paper boat", "--size", "512x512", "-o", folder["t2v.mp4"], .. Short]);
        Assert.Equal((0, folder["t2v.mp4"]), (text.Exit, text.Output));
        Assert.Contains("job 1: ", text.Shown, StringComparison.Ordinal);
        Assert.Equal(512, (await VideoProbe.FindAsync(folder["t2v.mp4"], Cancel))!.Width);

        // On a terminal there is a bar.
        await using (var bar = Terminal.Open(
            Environment(gateway), ["generate", "i2v", picture, "it moves", "--height", "480", "-o", folder["i2v.mp4"], .. Short]))
        {
            Assert.Equal(0, await bar.ExitAsync(Cancel));
            Assert.Contains("%", bar.Shown, StringComparison.Ordinal);
            Assert.Contains(folder["i2v.mp4"], bar.Shown, StringComparison.Ordinal);
        }
        var speech = await RunAsync(
            gateway, ["generate", "s2v", picture, sound, "--json", "-o", folder["s2v.mp4"], "--duration", "0.5"]);
        var made = JsonDocument.Parse(speech.Output).RootElement;
        Assert.Equal(("3", "COMPLETED", new FileInfo(folder["s2v.mp4"]).Length), (made.GetProperty("request_id").GetString(),
            made.GetProperty("status").GetString(), made.GetProperty("bytes").GetInt64()));

        await using (var piped = Terminal.Pipe(Environment(gateway), "generate", "foley", clip, "rain", "--music", "-o", "-"))
        {
            Assert.Equal(0, await piped.ExitAsync(Cancel));
            var video = await piped.OutputAsync();
            Assert.Equal("ftyp"u8, video.AsSpan(4, 4));
        }

        var extended = await RunAsync(
            gateway, ["generate", "extend", clip, "it goes on", "-o", folder["extend.mp4"], "--duration", "0.5"]);
        Assert.Equal((0, folder["extend.mp4"]), (extended.Exit, extended.Output));
        var follows = await RunAsync(gateway, ["generate", "v2v", clip, "a robot", "--reference", picture, "--dry-run"]);
        Assert.Equal(0, follows.Exit);
        Assert.Equal(
            0, (await RunAsync(gateway, ["generate", "upscale", clip, "--new-resolution", "1080", "--dry-run"])).Exit);
        var quiet = await RunAsync(
            gateway, ["generate", "t2v", "a boat", "--model", "ltx2-t2v", "--generate-audio", "false", "--dry-run", "--json"]);
        Assert.Contains("\"generate_audio\": false", quiet.Output, StringComparison.Ordinal);

        // By its id alone, later.
        Assert.Equal(0, (await RunAsync(gateway, ["result", "1", "-o", folder["again.mp4"]])).Exit);
        Assert.Equal(
            await File.ReadAllBytesAsync(folder["t2v.mp4"], Cancel), await File.ReadAllBytesAsync(folder["again.mp4"], Cancel));
        Assert.StartsWith(gateway.Origin, (await RunAsync(gateway, ["result", "1", "--link"])).Output, StringComparison.Ordinal);
        var watched = await RunAsync(gateway, ["status", "1", "--watch", "--json"]);
        Assert.Equal(
            (0, "COMPLETED"), (watched.Exit, JsonDocument.Parse(watched.Output).RootElement.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Ctrl_C_asks_and_cancels()
    {
        await using var run = Terminal.Open(Environment(idle!), "generate", "t2v", "a");
        Assert.True(await run.ShowsAsync("queued, ", Cancel), run.Shown);
        await run.TypeAsync("\u0003");
        Assert.True(await run.ShowsAsync("Cancel job 1?", Cancel), run.Shown);
        await run.TypeAsync("y");
        Assert.Equal(4, await run.ExitAsync(Cancel));
        Assert.Equal("CANCELLED", await StatusAsync("1"));
    }

    [Fact]
    public async Task A_second_Ctrl_C_leaves_the_job_and_any_other_answer_goes_on()
    {
        await using var run = Terminal.Open(Environment(idle!), "generate", "t2v", "a");
        Assert.True(await run.ShowsAsync("queued, ", Cancel), run.Shown);
        await run.TypeAsync("\u0003");
        Assert.True(await run.ShowsAsync("Cancel job 1?", Cancel), run.Shown);
        await run.TypeAsync("\u0003");
        Assert.Equal(130, await run.ExitAsync(Cancel));
        Assert.Contains("rushes status 1 --watch", run.Shown, StringComparison.Ordinal);
        Assert.Equal("IN_QUEUE", await StatusAsync("1"));

        await using var again = Terminal.Open(Environment(idle!), "status", "1", "--watch");
        Assert.True(await again.ShowsAsync("queued, ", Cancel), again.Shown);
        await again.TypeAsync("\u0003");
        Assert.True(await again.ShowsAsync("Cancel job 1?", Cancel), again.Shown);
        await again.TypeAsync("n");
        Assert.Equal(0, (await RunAsync(idle!, ["cancel", "1"])).Exit);
        Assert.Equal(4, await again.ExitAsync(Cancel));
    }

    [Fact]
    public async Task Without_a_terminal_an_interrupted_wait_leaves_the_job()
    {
        await using var run = Terminal.Pipe(Environment(idle!), "generate", "t2v", "a");
        Assert.True(await run.ShowsAsync("job 1: queued, ", Cancel), run.Shown);
        await run.SignalAsync("INT");
        Assert.Equal(130, await run.ExitAsync(Cancel));
        Assert.Equal("IN_QUEUE", await StatusAsync("1"));
    }

    [Fact]
    public async Task A_job_can_have_a_timeout_and_shows_its_deadline()
    {
        string[] create = ["generate", "t2v", "a paper boat", "--detach", "--job-timeout"];
        var wrong = await RunAsync(idle!, [.. create, "soon"]);
        Assert.Equal(2, wrong.Exit);
        Assert.Contains("--job-timeout is soon", wrong.Shown, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(idle!, [.. create, "1h30m"])).Exit);
        Assert.Contains("deadline 2", (await RunAsync(idle!, ["jobs", "1"])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_is_looked_at_approved_and_cancelled_by_its_id()
    {
        var detached = await RunAsync(
            idle!, ["generate", "t2v", "-", "--draft", "approve", "--detach", "--webhook", "http://127.0.0.1:1024/hook"],
            "a paper boat");
        Assert.Equal((0, "1"), (detached.Exit, detached.Output));
        Assert.Contains("draft", (await RunAsync(idle!, ["status", "1"])).Output, StringComparison.Ordinal);
        Assert.Equal("AWAITING_APPROVAL", await StatusAsync("1"));
        Assert.Equal(0, (await RunAsync(idle!, ["approve", "1"])).Exit);
        Assert.Equal("IN_QUEUE", await StatusAsync("1"));

        var notThere = await RunAsync(idle!, ["result", "1", "--json"]);
        Assert.Equal(
            (1, "not_finished"),
            (notThere.Exit, JsonDocument.Parse(notThere.Output).RootElement.GetProperty("code").GetString()));
        Assert.Equal(0, (await RunAsync(idle!, ["cancel", "1"])).Exit);
        Assert.Contains("has ended", (await RunAsync(idle!, ["cancel", "1", "--force"])).Shown, StringComparison.Ordinal);

        var deliveries = await RunAsync(idle!, ["webhooks", "list", "1"]);
        Assert.Contains("http://127.0.0.1:1024/hook", deliveries.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(idle!, ["webhooks", "redeliver", "1"])).Exit);
        Assert.StartsWith("whsec_", (await RunAsync(idle!, ["webhooks", "secret"])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_said_with_an_exit_code()
    {
        var rejected = await RunAsync(idle!, ["generate", "t2v", "a", "--duration", "60", "--json"]);
        Assert.Equal(
            (1, "duration"), (rejected.Exit, JsonDocument.Parse(rejected.Output).RootElement.GetProperty("field").GetString()));
        Assert.Equal(2, (await RunAsync(idle!, ["generate", "t2v"])).Exit);
        Assert.Equal(2, (await RunAsync(idle!, ["generate", "t2v", "a", "--size", "big"])).Exit);
        Assert.Equal(2, (await RunAsync(idle!, ["generate", "i2v", "/no/such/picture.png"])).Exit);
        Assert.Equal(1, (await RunAsync(idle!, ["status", "99"])).Exit);
        Assert.Equal(3, (await RunAsync(idle!, ["models", "--url", "http://127.0.0.1:1"])).Exit);
        var estimate = await RunAsync(idle!, ["generate", "t2v", "a", "--dry-run", "--json"]);
        var words = await RunAsync(idle!, ["generate", "t2v", "a", "--dry-run"]);
        Assert.Contains("832x480, ", words.Output, StringComparison.Ordinal);
        Assert.Contains("nothing is charged", words.Output, StringComparison.Ordinal);
        Assert.Equal((0, 832), (estimate.Exit, JsonDocument.Parse(estimate.Output).RootElement.GetProperty("video")
            .GetProperty("width").GetInt32()));
    }

    [Theory]
    [InlineData("--duration is \"abc\"; use a number.", "generate", "t2v", "a", "--duration", "abc")]
    [InlineData("--seed is \"1.5\"; use a whole number.", "generate", "t2v", "a", "--seed", "1.5")]
    [InlineData("There is no command \"rushes sttus\".\nDid you mean status", "sttus", "12")]
    [InlineData("There is no command \"rushes film\".\nRun rushes --help", "film", "12")]
    [InlineData("There is no command \"rushes generate video\".", "generate", "video")]
    [InlineData("--output /missing/x.mp4 is in a folder that does not exist.", "generate", "t2v", "a", "-o", "/missing/x.mp4")]
    [InlineData("--output / is a folder; name a file.", "result", "1", "-o", "/")]
    public async Task A_usage_error_is_one_sentence(string sentence, params string[] arguments)
    {
        var (exit, _, shown) = await RunAsync(idle!, arguments);
        Assert.Equal(2, exit);
        Assert.Contains(sentence, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", shown, StringComparison.Ordinal);
        Assert.InRange(shown.Trim().Split('\n').Length, 1, 8);
    }

    [Theory]
    [InlineData("invalid_command_line", "generate", "t2v", "a", "--duration", "abc")]
    [InlineData("invalid_command_line", "jobs", "--state", "done")]
    [InlineData("unreachable", "models", "--url", "http://127.0.0.1:1")]
    [InlineData("unreachable", "keys", "list", "--url", "http://127.0.0.1:1")]
    [InlineData("not_found", "models", "no-such-model")]
    public async Task An_error_in_json_has_a_code(string code, params string[] arguments)
    {
        var error = JsonDocument.Parse((await RunAsync(idle!, [.. arguments, "--json"])).Output).RootElement;
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.NotEmpty(error.GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task A_gateway_that_does_not_respond_is_shown()
    {
        var gateway = await TestGateway.StartAsync(0, Cancel);
        var id = (await RunAsync(gateway, ["generate", "t2v", "a", "--detach"])).Output;
        await using var lines = Terminal.Pipe(Environment(gateway), "status", id, "--watch");
        await using var bar = Terminal.Open(Environment(gateway), "status", id, "--watch");
        var areShown = await lines.ShowsAsync("queued", Cancel) && await bar.ShowsAsync("queued", Cancel);
        await gateway.DisposeAsync();
        Assert.True(areShown, lines.Shown + bar.Shown);
        Assert.True(await lines.ShowsAsync("Reconnecting", Cancel), lines.Shown);
        Assert.True(await bar.ShowsAsync("Reconnecting", Cancel), bar.Shown);
    }

    [Fact]
    public async Task A_profile_is_kept_for_its_owner_and_its_gateway_alone()
    {
        var environment = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = folder.Path, ["RUSHES_DATA"] = folder["none"] };
        Assert.Equal(1, (await Terminal.RunAsync(environment, ["login", "--url", idle!.Origin], Cancel, "not-the-key\n")).Exit);
        var login = await Terminal.RunAsync(environment, ["login", "--url", idle.Origin], Cancel, TestGateway.Key + "\n");
        Assert.True(login.Exit == 0, login.Shown);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder["rushes"], "profile.json")));

        var models = await Terminal.RunAsync(environment, ["models"], Cancel);
        Assert.Contains("wan22-s2v-premium", models.Output, StringComparison.Ordinal);
        Assert.Contains(
            "audio_uri", (await Terminal.RunAsync(environment, ["models", "wan-s2v-fast"], Cancel)).Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "There is no API key",
            (await Terminal.RunAsync(environment, ["models", "--url", "http://127.0.0.1:1"], Cancel)).Shown,
            StringComparison.Ordinal);
        Assert.Equal(0, (await Terminal.RunAsync(environment, ["logout"], Cancel)).Exit);
        Assert.Contains(
            "There is no API key", (await Terminal.RunAsync(environment, ["models"], Cancel)).Shown, StringComparison.Ordinal);
        environment["XDG_CONFIG_HOME"] = folder["nothing"];
        Assert.Equal("You are not logged in.", (await Terminal.RunAsync(environment, ["logout"], Cancel)).Output.Trim());
    }

    [Fact]
    public async Task Help_teaches_and_shells_complete()
    {
        var help = await RunAsync(idle!, ["generate", "--help"]);
        Assert.Contains("rushes generate s2v portrait.png voice.wav", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Rushes.Cli", help.Output, StringComparison.Ordinal);
        Assert.Contains("Exit codes", (await RunAsync(idle!, ["--help"])).Output, StringComparison.Ordinal);
        Assert.Equal("generate", (await RunAsync(idle!, ["[suggest:11]", "rushes gener"])).Output);

        var script = await RunAsync(idle!, ["completion", "bash"]);
        await File.WriteAllTextAsync(folder["completion"], script.Output, Cancel);
        // A program that is not on PATH completes by the path that was typed.
        var program = folder["rushes"];
        await File.WriteAllTextAsync(
            program, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "Rushes.Cli.dll")}' \"$@\"\n", Cancel);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var line = $"{program} appr";
        var bash = await Tool.RunAsync(
            "bash", ["-c", $$"""PATH=/usr/bin:/bin:$(dirname $(which dotnet)); . '{{folder["completion"]}}'; """
            + $$"""COMP_WORDS=('{{program}}' appr); COMP_LINE='{{line}}'; COMP_POINT={{line.Length}}; """
            + """_rushes; echo "${COMPREPLY[@]}" """],
            Cancel);
        Assert.Equal("approve", bash.Output.Trim());
    }

    private Dictionary<string, string> Environment(TestGateway gateway) => new()
    {
        ["RUSHES_URL"] = gateway.Origin, ["RUSHES_API_KEY"] = TestGateway.Key, ["XDG_CONFIG_HOME"] = folder.Path,
    };

    private Task<(int Exit, string Output, string Shown)> RunAsync(TestGateway gateway, string[] arguments, string input = "") =>
        Terminal.RunAsync(Environment(gateway), arguments, Cancel, input);

    private async Task<string?> StatusAsync(string id) =>
        JsonDocument.Parse((await RunAsync(idle!, ["status", id, "--json"])).Output).RootElement
            .GetProperty("status")
            .GetString();
}
