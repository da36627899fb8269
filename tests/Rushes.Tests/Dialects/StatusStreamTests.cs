using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Status as server-sent events, over real connections.</summary>
public sealed class StatusStreamTests
{
    private const string Model = "/queue/wan22-fast-t2v";

    private static readonly object Request = new
    {
        prompt = "Ein Papierboot auf dem Meer – 海", duration = 0.5, width = 512, height = 512,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_begins_with_the_present_and_ends_with_the_job()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 1, Cancel);
        // The job starts once its stream has begun, however late that is.
        await ChangeLaneAsync(gateway, "pause");
        using var stream = await OpenAsync(gateway, await CreateAsync(gateway));
        var events = await ReadAsync(stream, () => ChangeLaneAsync(gateway, "resume"));

        Assert.Equal("IN_QUEUE", StatusOf(events[0]));
        Assert.Equal("COMPLETED", StatusOf(events[^1]));
        Assert.Equal(events.Count, events.Select(each => each.EventId).Distinct().Count());
        Assert.All(events, each => Assert.True(each.Data.All(char.IsAscii)));
    }

    [Fact]
    public async Task A_finished_job_is_one_event_and_to_those_who_saw_it_none()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var job = await CreateAsync(gateway);
        await CancelAsync(gateway, job);

        var only = Assert.Single(await ReadAsync(await OpenAsync(gateway, job)));
        Assert.Equal("CANCELLED", StatusOf(only));

        using var again = await OpenAsync(gateway, job, lastEventId: only.EventId);
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
    }

    [Fact]
    public async Task A_client_that_comes_back_is_told_only_what_is_new()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var job = await CreateAsync(gateway);
        using var stream = await OpenAsync(gateway, job, lastEventId: "queued-0");
        await CancelAsync(gateway, job);
        Assert.Equal("CANCELLED", StatusOf(Assert.Single(await ReadAsync(stream))));
    }

    [Fact]
    public async Task A_stream_tells_the_draft_and_the_approval()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        using var answer = await gateway.Http.PostAsJsonAsync(
            Model, new { prompt = "a boat", duration = 0.5, width = 512, height = 512, draft = "approve" }, Cancel);
        var job = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
        using var stream = await OpenAsync(gateway, job);

        var seen = new List<(string Id, string Data)>();
        await foreach (var each in SseParser.Create(await stream.Content.ReadAsStreamAsync(Cancel)).EnumerateAsync(Cancel))
        {
            seen.Add((each.EventId!, each.Data));
            if (each.EventId == "awaiting-0-draft")
                using (await gateway.Http.PutAsync($"{Model}/requests/{job}/approve", null, Cancel)) { }
            if (each.EventId == "queued-0-draft") await CancelAsync(gateway, job);
        }

        // The draft may be there before the stream is.
        var drafted = seen.SkipWhile(each => each.Id == "awaiting-0").ToList();
        Assert.Equal(["awaiting-0-draft", "queued-0-draft", "cancelled"], drafted.Select(each => each.Id));
        Assert.All(drafted, each => Assert.Contains("draft_url", each.Data, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Streams_end_when_the_gateway_stops()
    {
        var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        using var stream = await OpenAsync(gateway, await CreateAsync(gateway));
        await using var events = SseParser.Create(await stream.Content.ReadAsStreamAsync(Cancel))
            .EnumerateAsync(Cancel)
            .GetAsyncEnumerator(Cancel);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("queued-0", events.Current.EventId);
        await gateway.DisposeAsync();
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Strangers_and_wrong_models_are_told_nothing()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var job = await CreateAsync(gateway);
        using var other = await gateway.Http.GetAsync($"/queue/wan22-fast-i2v/requests/{job}/status/stream", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var withoutKey = new HttpClient { BaseAddress = gateway.Http.BaseAddress };
        using var rejected = await withoutKey.GetAsync($"{Model}/requests/{job}/status/stream", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, rejected.StatusCode);
    }

    [Fact]
    public async Task Five_thousand_streams_are_all_told_the_end()
    {
        await using var gateway = await TestGateway.StartAsync(
            workers: 0, Cancel, options: new GatewayOptions { StreamsPerAccount = 5000 });
        var streams = new (string Job, HttpResponseMessage Stream)[5000];
        await Parallel.ForAsync(0, streams.Length, new ParallelOptions
            { MaxDegreeOfParallelism = 64, CancellationToken = Cancel }, async (at, _) =>
        {
            var job = await CreateAsync(gateway);
            streams[at] = (job, await OpenAsync(gateway, job));
        });

        var reading = streams.Select(each => ReadAsync(each.Stream)).ToArray();
        // The last first: those ahead keep their places and are told their end alone.
        await Parallel.ForEachAsync(streams.Reverse(), Cancel, async (each, _) => await CancelAsync(gateway, each.Job));
        foreach (var events in await Task.WhenAll(reading)) Assert.Equal("CANCELLED", StatusOf(events[^1]));
    }

    private static async Task<string> CreateAsync(TestGateway gateway)
    {
        using var answer = await gateway.Http.PostAsJsonAsync(Model, Request, Cancel);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    private static async Task CancelAsync(TestGateway gateway, string job)
    {
        using var answer = await gateway.Http.PutAsync($"{Model}/requests/{job}/cancel", null, Cancel);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task ChangeLaneAsync(TestGateway gateway, string action)
    {
        using var answer = await gateway.Http.PostAsync($"/admin/lanes/t2v/{action}", null, Cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Open when the answer's head is there.</summary>
    private static async Task<HttpResponseMessage> OpenAsync(TestGateway gateway, string job, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Model}/requests/{job}/status/stream");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var answer = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        answer.EnsureSuccessStatusCode();
        return answer;
    }

    private static async Task<List<(string EventId, string Data)>> ReadAsync(
        HttpResponseMessage stream, Func<Task>? afterFirst = null)
    {
        var events = new List<(string, string)>();
        var parser = SseParser.Create(await stream.Content.ReadAsStreamAsync(Cancel));
        await foreach (var each in parser.EnumerateAsync(Cancel))
        {
            events.Add((each.EventId ?? "", each.Data));
            if (events.Count == 1 && afterFirst is not null) await afterFirst();
        }
        return events;
    }

    private static string StatusOf((string EventId, string Data) received)
    {
        using var status = JsonDocument.Parse(received.Data);
        return status.RootElement.GetProperty("status").GetString()!;
    }
}
