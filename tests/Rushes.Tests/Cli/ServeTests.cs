using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Rushes.Tests.Faults;
using Xunit;

namespace Rushes.Tests.Cli;

/// <summary>The real program, as an operator starts and stops it.</summary>
public sealed class ServeTests
{
    private static readonly object Short = new { prompt = "A short way to go", duration = 0.5, width = 512, height = 512 };

    [Fact]
    public async Task A_key_is_made_once_kept_for_its_owner_alone_and_not_in_a_log()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        string key;
        await using (var first = GatewayProcess.Launch(Serve(data), key: null))
        {
            var printed = await first.WaitForAsync("API key", cancel);
            key = (await File.ReadAllTextAsync(data["api-key"], cancel)).Trim();
            Assert.EndsWith(data["api-key"], printed, StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data["api-key"]));
            await first.WaitForAsync("is ready on", cancel);
            Assert.Equal(0, await first.StopAsync(cancel));
            Assert.DoesNotContain(first.Output, line => line.Contains(key, StringComparison.Ordinal));
        }
        await using var second = GatewayProcess.Launch(Serve(data), key: null);
        var url = (await second.WaitForAsync("is ready on", cancel))!.Split(" on ")[1];
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {key}");
        Assert.Equal(
            HttpStatusCode.NotFound, (await http.GetAsync("/queue/wan22-fast-t2v/requests/1/status", cancel)).StatusCode);
        // While it runs it may print more at any moment.
        Assert.Equal(0, await second.StopAsync(cancel));
        Assert.DoesNotContain(second.Output, line => line.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_needs_no_key()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(data.Path, 0, cancel);
        using var http = new HttpClient { BaseAddress = gateway.Http.BaseAddress };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live", cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready", cancel)).StatusCode);
    }

    [Fact]
    public async Task Sigterm_hands_a_running_job_back_and_the_next_start_finishes_it()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        using var folder = new TempFolder();
        var engine = await new WaitingEngine(folder).WriteAsync(cancel);
        string id;
        await using (var gateway = await GatewayProcess.StartAsync(
            data.Path, 1, cancel, "--drain-seconds", "1", "--engine", engine))
        {
            id = await CreateAsync(gateway.Http, Short, cancel);
            Assert.NotNull(await gateway.WaitForAsync("JobStarted", cancel));
            Assert.Equal(0, await gateway.StopAsync(cancel));
        }
        await using (var idle = await GatewayProcess.StartAsync(data.Path, 0, cancel))
            Assert.Equal("IN_QUEUE", (await StatusAsync(idle.Http, id, cancel)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Sigterm_waits_for_a_job_that_ends_within_the_drain()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        string id;
        await using (var gateway = await GatewayProcess.StartAsync(
            data.Path, 1, cancel, "--drain-seconds", "3600", "--engine", await engine.WriteAsync(cancel)))
        {
            id = await CreateAsync(gateway.Http, Short, cancel);
            Assert.NotNull(await gateway.WaitForAsync("JobStarted", cancel));
            await gateway.SignalAsync("TERM");
            await engine.GoAsync(cancel);
            Assert.Equal(0, await gateway.ExitAsync(cancel));
        }
        await using (var idle = await GatewayProcess.StartAsync(data.Path, 0, cancel))
            Assert.Equal("COMPLETED", (await StatusAsync(idle.Http, id, cancel)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_was_queued_keeps_its_place_over_a_restart()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        var ids = new List<string>();
        await using (var gateway = await GatewayProcess.StartAsync(data.Path, 0, cancel))
        {
            for (var priority = 0; priority < 5; priority++)
                ids.Add(await CreateAsync(gateway.Http, new { prompt = "a", priority }, cancel));
            await gateway.KillAsync();
        }
        await using var again = await GatewayProcess.StartAsync(data.Path, 0, cancel);
        for (var index = 0; index < 5; index++)
            Assert.Equal(4 - index, (await StatusAsync(again.Http, ids[index], cancel)).GetProperty("queue_position").GetInt32());
    }

    [Fact]
    public async Task A_second_gateway_on_the_same_data_is_rejected_with_a_sentence()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        await using var first = await GatewayProcess.StartAsync(data.Path, 0, cancel);
        await using var second = GatewayProcess.Launch(Serve(data), TestGateway.Key);
        Assert.NotNull(await second.WaitForAsync("another gateway", cancel));
        Assert.Equal(2, await second.ExitAsync(cancel));
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://{other.LocalEndpoint}";
        await using var gateway = GatewayProcess.Launch(
            ["serve", "--urls", url, "--data", data.Path, "--workers", "0"], TestGateway.Key);
        Assert.Equal(2, await gateway.ExitAsync(cancel));
        Assert.Equal(
            $"Cannot listen on {url}: the port is in use. "
                + "Choose another address with --urls, or stop the program that uses this one.",
            Assert.Single(gateway.Output, line => line.Contains("listen", StringComparison.Ordinal)));
        Assert.DoesNotContain(gateway.Output, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bad_catalog_stops_the_start()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var data = new TempFolder();
        await File.WriteAllTextAsync(data["catalog.json"], "{\n  \"tires\": {}\n}", cancel);
        await using var gateway = GatewayProcess.Launch(Serve(data), TestGateway.Key);
        Assert.NotNull(await gateway.WaitForAsync("catalog.json:2: ", cancel));
        Assert.Equal(2, await gateway.ExitAsync(cancel));
    }

    private static string[] Serve(TempFolder data) =>
        ["serve", "--urls", "http://127.0.0.1:0", "--data", data.Path, "--workers", "0"];

    private static async Task<string> CreateAsync(HttpClient http, object input, CancellationToken cancel)
    {
        using var answer = await http.PostAsJsonAsync("/queue/wan22-fast-t2v", input, cancel);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("request_id").GetString()!;
    }

    private static async Task<JsonElement> StatusAsync(HttpClient http, string id, CancellationToken cancel) =>
        await http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}/status", cancel);
}
