using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rushes.Tests.Engines;
using Rushes.Tests.Outbound;
using Rushes.Tests.Postgres;
using Rushes.Tests.Webhooks;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>Real processes send spans to a collector; a job is one trace across all of them.</summary>
public sealed class TraceTests : IAsyncLifetime
{
    private const string Client = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string ClientSpan = "00f067aa0ba902b7";

    private static readonly string[] Sent =
        ["submit", "commit", "queue", "run", "engine", "prepare", "draw", "encode", "store", "webhook"];

    private readonly TempFolder data = new();
    private Collector collector = null!;
    private TestReceiver customer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string[] Traced => ["--otlp", collector.Url, .. Logged];

    private static string[] Logged => ["--log-format", "json", "--fetch-allow", "127.0.0.0/8"];

    public async ValueTask InitializeAsync()
    {
        collector = await Collector.StartAsync();
        customer = await TestReceiver.AnsweringAsync(200);
    }

    public async ValueTask DisposeAsync()
    {
        await customer.DisposeAsync();
        await collector.DisposeAsync();
        data.Dispose();
    }

    [Fact]
    public async Task A_job_is_part_of_its_clients_trace_from_the_request_to_the_callback()
    {
        await SampleMedia.PictureAsync(data);
        await using var pictures = await Receiver.StartAsync(http => http.Response.SendFileAsync(data["picture.png"]));
        await using var gateway = await GatewayProcess.StartAsync(data["gateway"], 1, Cancel, Traced);
        // What a client does not trace is not traced here either.
        await CreateAsync(
            gateway, "wan22-fast-t2v", new { prompt = "zanzibarquokka", duration = 0.5, webhook_url = customer.Url },
            $"00-{Client}-{ClientSpan}-00");
        Assert.DoesNotContain("traceparent", (await NextCallbackAsync(gateway)).Headers.Keys);

        await CreateAsync(
            gateway, "wan22-fast-i2v",
            new
            {
                prompt = "zanzibarquokka", duration = 0.5, data_uri = pictures["/private/picture.png"],
                webhook_url = customer.Url,
            },
            $"00-{Client}-{ClientSpan}-01");
        var received = (await NextCallbackAsync(gateway)).Headers["traceparent"];
        Assert.Equal(0, await gateway.StopAsync(Cancel));

        var spans = collector.Take();
        var request = Assert.Single(spans, span => span.Parent == ClientSpan);
        Assert.Equal(
            ("POST /queue/{model}", "200", "/queue/{model}"),
            (request.Name, request.Attributes["http.response.status_code"], request.Attributes["http.route"]));
        AssertOneTree(spans, Client);
        Assert.Equal(
            [.. Sent, "POST /queue/{model}", "fetch", "fetch", "inspect", "store"], [.. spans.Select(span => span.Name)], Sorted);
        Assert.Equal($"00-{Client}-{spans.Single(span => span.Name == "webhook").Id}-01", received);
        Assert.All(Parts(spans), part => Assert.Equal("2", part.Attributes["rushes.job.id"]));
        foreach (var secret in (string[])["zanzibarquokka", "picture.png", customer.Url, TestGateway.Key])
            Assert.DoesNotContain(
                spans, span => span.Attributes.Values.Any(value => value.Contains(secret, StringComparison.Ordinal)));

        // The log's lines of the same job tell the same trace.
        Assert.Equal([Client, Client, Client], LinesOf(gateway, "2").Select(TraceOf));
        Assert.DoesNotContain(LinesOf(gateway, "1"), line => TraceOf(line) is not null);
    }

    [Fact]
    public async Task A_job_that_a_remote_worker_makes_is_one_trace_of_both()
    {
        await using var gateway = await GatewayProcess.StartAsync(data.Path, 0, Cancel, Traced);
        var id = await CreateAsync(
            gateway, "wan22-fast-t2v", new { prompt = "a wave", duration = 0.5, webhook_url = customer.Url });
        await using var worker = GatewayProcess.Launch(
            ["worker", "--server", $"{gateway.Http.BaseAddress}", "--name", "attic"], TestGateway.Key,
            ("RUSHES_OTLP", collector.Url), ("RUSHES_LOG_FORMAT", "json"));
        await NextCallbackAsync(gateway);
        var status = await gateway.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}/status", Cancel);
        Assert.Equal("COMPLETED", status.GetProperty("status").GetString());
        Assert.Equal(0, await worker.StopAsync(Cancel));
        Assert.Equal(0, await gateway.StopAsync(Cancel));

        // Neither the status nor the worker's questions for jobs made a trace.
        var spans = collector.Take();
        AssertOneTree(spans, spans[0].Trace);
        Assert.Equal(
            [.. Sent, "POST /queue/{model}", "PUT /worker/jobs/{id:long}/video"], [.. spans.Select(span => span.Name)], Sorted);
        Assert.Equal(
            ["draw", "encode", "engine", "prepare", "run", "store"],
            spans.Where(span => span.Service == "rushes-worker").Select(span => span.Name).Order());
        var store = spans.Single(span => span.Name == "store");
        Assert.All(
            spans.Where(span => span.Name.StartsWith("PUT", StringComparison.Ordinal)),
            span => Assert.Equal(store.Id, span.Parent));
        Assert.Equal(spans[0].Trace, TraceOf(LinesOf(worker, id)[0]));
    }

    [Fact]
    public async Task A_job_that_another_gateway_makes_and_delivers_is_one_trace_of_both()
    {
        var database = await PostgresCluster.RentAsync();
        string[] shared = ["--database", (await PostgresCluster.SharedAsync()).Url(database), "--storage",
            $"local={data["shared"]}", .. Traced];
        await using var front = await GatewayProcess.StartAsync(data["front"], 0, Cancel, [.. shared, "--roles", "api"]);
        await using var back = await GatewayProcess.StartAsync(
            data["back"], 1, Cancel,
            [.. shared, "--roles", "work,sweep,webhooks", "--public-url", front.Http.BaseAddress!.AbsoluteUri]);
        await CreateAsync(front, "wan22-fast-t2v", new { prompt = "a wave", duration = 0.5, webhook_url = customer.Url });
        await NextCallbackAsync(back);
        Assert.Equal(0, await back.StopAsync(Cancel));
        Assert.Equal(0, await front.StopAsync(Cancel));
        PostgresCluster.Return(database);

        var spans = collector.Take();
        AssertOneTree(spans, spans[0].Trace);
        Assert.Equal([.. Sent, "POST /queue/{model}"], [.. spans.Select(span => span.Name)], Sorted);
    }

    [Fact]
    public async Task While_it_is_off_nothing_is_made_or_told()
    {
        await using var gateway = await GatewayProcess.StartAsync(data.Path, 1, Cancel, Logged);
        await CreateAsync(
            gateway, "wan22-fast-t2v", new { prompt = "a wave", duration = 0.5, webhook_url = customer.Url },
            $"00-{Client}-{ClientSpan}-01");
        Assert.DoesNotContain("traceparent", (await NextCallbackAsync(gateway)).Headers.Keys);
        using (await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", new { prompt = "a n-u-d-e on a beach" }, Cancel)) { }
        await gateway.WaitForAsync("ContentRejected", Cancel);
        Assert.Equal(0, await gateway.StopAsync(Cancel));

        Assert.Empty(collector.Take());
        Assert.DoesNotContain(gateway.Output, line => line.Contains("TraceId", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_collector_that_is_away_is_told_of_and_holds_nothing_up()
    {
        await using var gateway = await GatewayProcess.StartAsync(
            data.Path, 1, Cancel, ["--otlp", "http://127.0.0.1:9", "--fetch-allow", "127.0.0.0/8"]);
        await CreateAsync(gateway, "wan22-fast-t2v", new { prompt = "a wave", duration = 0.5, webhook_url = customer.Url });
        await customer.NextAsync();
        Assert.NotNull(await gateway.WaitForAsync("NotExported to http://127.0.0.1:9", Cancel));
        Assert.Equal(0, await gateway.StopAsync(Cancel));
    }

    private static readonly IEqualityComparer<IEnumerable<string>> Sorted = EqualityComparer<IEnumerable<string>>.Create(
        (a, b) => a!.Order().SequenceEqual(b!.Order()), _ => 0);

    /// <summary>Waits for the next callback and until its gateway has recorded it.</summary>
    private async Task<Received> NextCallbackAsync(GatewayProcess gateway)
    {
        var received = await customer.NextAsync();
        Assert.NotNull(await gateway.WaitForAsync("WebhookTried", Cancel));
        return received;
    }

    private static async Task<string> CreateAsync(GatewayProcess gateway, string model, object input, string? traceparent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/queue/{model}") { Content = JsonContent.Create(input) };
        if (traceparent is not null) request.Headers.Add("traceparent", traceparent);
        using var created = await gateway.Http.SendAsync(request, Cancel);
        created.EnsureSuccessStatusCode();
        return $"{(await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id")}";
    }

    /// <summary>All spans belong to the trace and form a tree, and none ends before it starts.</summary>
    private static void AssertOneTree(List<Span> spans, string trace)
    {
        var ids = spans.Select(span => span.Id).ToHashSet();
        Assert.All(spans, span => Assert.Equal(trace, span.Trace));
        Assert.Single(spans, span => !ids.Contains(span.Parent));
        Assert.All(spans, span => Assert.True(span.Start <= span.End && !span.Failed, span.Name));
        var parts = Parts(spans).ToDictionary(span => span.Name);
        Assert.True(parts["queue"].End <= parts["run"].Start && parts["run"].Start < parts["webhook"].Start);
    }

    private static IEnumerable<Span> Parts(List<Span> spans) =>
        spans.Where(span => span.Name is "submit" or "queue" or "run" or "webhook");

    private static List<JsonElement> LinesOf(GatewayProcess gateway, string job) =>
    [
        .. gateway.Output.Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line))
            .Where(line => line.GetProperty("State").TryGetProperty("Job", out var of) && $"{of}" == job),
    ];

    private static string? TraceOf(JsonElement line) =>
        line.GetProperty("Scopes")
            .EnumerateArray()
            .Select(scope => scope.TryGetProperty("TraceId", out var id) ? id.GetString() : null)
            .FirstOrDefault(id => id is not null);
}
