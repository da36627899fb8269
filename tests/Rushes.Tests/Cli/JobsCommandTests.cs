using System.Text.Json;
using Rushes.Cli;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Cli;

/// <summary>Lists of jobs for people and for programs.</summary>
public sealed partial class JobsCommandTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private TestGateway gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Three queued jobs, of which the second is cancelled, and one of another account.</summary>
    public async ValueTask InitializeAsync()
    {
        gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        foreach (var prompt in new[] { "a boat", "a [fox]", "a whale" })
            await gateway.Http.CallAsync(HttpMethod.Post, "/queue/wan22-fast-t2v", new { prompt }, Cancel);
        using var cancelled = await gateway.Http.PutAsync("/queue/wan22-fast-t2v/requests/2/cancel", null, Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(await gateway.Http.AddAccountAsync("client", "default", Cancel), Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        await client.CallAsync(HttpMethod.Post, "/queue/wan22-fast-t2v-pro", new { prompt = "a city" }, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Own_jobs_are_listed_and_sifted()
    {
        var all = await RunAsync("jobs");
        Assert.Contains("a [fox]", all, StringComparison.Ordinal);
        Assert.DoesNotContain("a city", all, StringComparison.Ordinal);
        Assert.Equal(["3", "2", "1"], await IdsAsync("jobs"));
        Assert.Equal(["2"], await IdsAsync("jobs", "--state", "cancelled"));
        Assert.Equal(["3", "1"], await IdsAsync("jobs", "--state", "queued", "running", "--since", "1h"));
        Assert.Empty(await IdsAsync("jobs", "--model", "wan22-fast-i2v"));
        Assert.Empty(await IdsAsync("jobs", "--until", "2001-01-01T00:00Z"));
        Assert.Equal(["3", "2"], await IdsAsync("jobs", "--limit", "2"));
        Assert.Equal(["1"], await IdsAsync("jobs", "--before", "2"));
        Assert.Contains("--before 2", (await TryAsync("jobs", "--limit", "2")).Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_list_everyones_and_others_may_not()
    {
        Assert.Equal(["4", "3", "2", "1"], await IdsAsync("jobs", "--all"));
        Assert.Equal(["4"], await IdsAsync("jobs", "--account", "client"));
        Assert.Contains("client", await RunAsync("jobs", "--all"), StringComparison.Ordinal);
        Assert.Contains("account client", await RunAsync("jobs", "4", "--all"), StringComparison.Ordinal);
        Assert.Equal(1, (await TryAsync("jobs", "4")).Exit);
        var (_, key) = await gateway.Http.AddKeyAsync(2, Cancel);
        Assert.Contains("scope admin", (await TryAsync("jobs", "--all", "--key", key)).Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_job_is_told_with_its_time_line_by_any_form_of_its_id()
    {
        var job = JsonDocument.Parse(await RunAsync("jobs", "2", "--json")).RootElement;
        var received = await RunAsync("jobs", job.GetProperty("uuid").GetString()!);
        Assert.StartsWith("job 2 (wan22-fast-t2v): cancelled", received, StringComparison.Ordinal);
        Assert.Contains("created through the queue API", received, StringComparison.Ordinal);
        Assert.Empty(job.GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public async Task What_cannot_be_is_said()
    {
        Assert.Equal(2, (await TryAsync("jobs", "--state", "done")).Exit);
        Assert.Equal(2, (await TryAsync("jobs", "--limit", "0")).Exit);
        Assert.Contains(
            "since is \"yesterday\"; send a time in ISO 8601, such as", (await TryAsync("jobs", "--since", "yesterday")).Shown,
            StringComparison.Ordinal);
        Assert.Contains("account is \"nobody\"", (await TryAsync("jobs", "--account", "nobody")).Shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jobs", "3")]
    [InlineData("jobs --all", "4")]
    [InlineData("models", "wan22-s2v-premium")]
    [InlineData("models wan22-s2v-pro", "audio_uri")]
    [InlineData("keys list", "created at")]
    [InlineData("accounts list", "client")]
    public async Task Tables_fit_80_columns_without_cutting_values(string command, string needed)
    {
        await using var terminal = Terminal.Open(Surroundings(), 80, command.Split(' '));
        Assert.Equal(Exits.Done, await terminal.ExitAsync(Cancel));
        var lines = Ansi().Replace(terminal.Shown, "").Split('\n').Select(line => line.TrimEnd()).ToList();
        Assert.Contains(lines, line => line.Contains(needed, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Length > 80);
        Assert.All(await RunAsync(command.Split(' ')), c => Assert.NotEqual('\u001b', c));
    }

    [Fact]
    public async Task Lists_in_json_have_items()
    {
        foreach (var command in new[] { "jobs", "models", "keys list", "accounts list", "credit statement client" })
            Assert.Equal(
                JsonValueKind.Array,
                JsonDocument.Parse(await RunAsync([.. command.Split(' '), "--json"])).RootElement.GetProperty("items").ValueKind);
    }

    [Fact]
    public async Task Jobs_that_await_approval_are_listed()
    {
        await gateway.Http.CallAsync(
            HttpMethod.Post, "/queue/wan22-fast-t2v", new { prompt = "a draft", draft = "approve" }, Cancel);
        Assert.Equal(["5"], await IdsAsync("jobs", "--state", "awaiting"));
        Assert.Equal(["5", "3", "1"], await IdsAsync("jobs", "--state", "queued"));
    }

    [Fact]
    public async Task A_table_follows_the_jobs_until_Ctrl_C()
    {
        await using var watch = Terminal.Open(Surroundings(), "jobs", "--watch");
        Assert.True(await watch.ShowsAsync("a whale", Cancel), watch.Shown);
        await gateway.Http.CallAsync(HttpMethod.Post, "/queue/wan22-fast-t2v", new { prompt = "a new one" }, Cancel);
        Assert.True(await watch.ShowsAsync("a new one", Cancel), watch.Shown);
        await watch.TypeAsync("\u0003");
        Assert.Equal(0, await watch.ExitAsync(Cancel));

        await using var lines = Terminal.Pipe(Surroundings(), "jobs", "--watch", "--json");
        Assert.True(await lines.ShowsAsync("a new one", Cancel), lines.Shown);
        await lines.SignalAsync("INT");
        Assert.Equal(0, await lines.ExitAsync(Cancel));
    }

    private Dictionary<string, string> Surroundings() => new()
    {
        ["RUSHES_URL"] = gateway.Origin, ["RUSHES_API_KEY"] = TestGateway.Key, ["XDG_CONFIG_HOME"] = folder.Path,
    };

    private Task<(int Exit, string Output, string Shown)> TryAsync(params string[] arguments) =>
        Terminal.RunAsync(Surroundings(), arguments, Cancel);

    private async Task<string> RunAsync(params string[] arguments)
    {
        var run = await TryAsync(arguments);
        Assert.True(run.Exit == Exits.Done, run.Shown);
        return run.Output;
    }

    private async Task<IEnumerable<string?>> IdsAsync(params string[] arguments) =>
        JsonDocument.Parse(await RunAsync([.. arguments, "--json"])).RootElement
            .GetProperty("items")
            .EnumerateArray()
            .Select(job => job.GetProperty("request_id").GetString());

    [System.Text.RegularExpressions.GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial System.Text.RegularExpressions.Regex Ansi();
}
