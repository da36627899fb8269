using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rushes.Tests.Dialects;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Intake;

/// <summary>An Idempotency-Key on requests with media: the content of the media counts, and a replay stores nothing.</summary>
public sealed class RepeatedRequestTests(
    BadInputTests.IdleGateway idle, ScenarioMedia media) : IClassFixture<BadInputTests.IdleGateway>, IClassFixture<ScenarioMedia>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_with_another_picture_is_422_and_with_the_same_one_a_replay()
    {
        using var first = await CreateAsync("one", "picture");
        using var same = await CreateAsync("one", "picture");
        using var other = await CreateAsync("one", "portrait");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(await IdAsync(first), await IdAsync(same));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Contains("Idempotency-Key", await other.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_come_together_with_one_key_leave_one_set_of_inputs()
    {
        var before = await InputsAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync("together", "picture")));

        var ids = await Task.WhenAll(answers.Select(IdAsync));
        Assert.Single(ids.Distinct());
        Assert.Equal(before + 1, await InputsAsync());
        foreach (var answer in answers) answer.Dispose();
    }

    [Theory]
    [InlineData("another webhook", "https://1.1.1.1/a", "https://1.1.1.1/b")]
    [InlineData("other events", "completed", "start")]
    [InlineData("another model", "wan22-fast-t2v", "wan22-fast-t2v-pro")]
    [InlineData("a deadline", "", "", "Cancel-After")]
    public async Task A_key_with_something_else_in_the_request_is_422(
        string key, string part, string other, string? header = null)
    {
        const string wish = """
            {"version": "rushes/wan22-fast-t2v", "input": {"prompt": "a"}, "webhook": "https://1.1.1.1/a",
              "webhook_events_filter": ["completed"]}
            """;
        var changed = part.Length > 0 ? wish.Replace(part, other, StringComparison.Ordinal) : wish;
        Assert.Equal(HttpStatusCode.Created, await PredictAsync(wish, null));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PredictAsync(changed, header));
        Assert.Equal(HttpStatusCode.Created, await PredictAsync(wish, null));

        async Task<HttpStatusCode> PredictAsync(string body, string? timeout)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/predictions")
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("Idempotency-Key", key);
            if (timeout is not null) request.Headers.Add(timeout, "1h");
            using var answer = await idle.Gateway.Http.SendAsync(request, Cancel);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("/queue/wan22-fast-t2v", "Bearer", """{"prompt": "a", "seed": 0}""")]
    [InlineData("/fal-ai/wan/v2.2-a14b/text-to-video", "Key", """{"prompt": "a", "seed": 0}""")]
    [InlineData(
        "/api/v1/jobs/createTask", "Bearer",
        """{"model": "wan/2-2-a14b-text-to-video-turbo", "input": {"prompt": "a", "seed": 0}}""")]
    [InlineData("/v1/videos", "Bearer", """{"model": "wan22-fast-t2v", "prompt": "a", "seed": 0}""")]
    [InlineData("/v1/predictions", "Bearer", """{"version": "rushes/wan22-fast-t2v", "input": {"prompt": "a", "seed": 0}}""")]
    [InlineData("/api/v1/videos", "Bearer", """{"model": "rushes/wan22-fast-t2v", "prompt": "a", "seed": 0}""")]
    public async Task Seed_0_is_a_seed(string path, string scheme, string body)
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, gateway.Origin + path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new(scheme, TestGateway.Key);
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));

        using var worker = new Work.WorkerCaller(gateway, TestGateway.Key, "w/1");
        var models = (await gateway.Http.GetFromJsonAsync<JsonElement>("/models", Cancel)).GetProperty("models").EnumerateArray()
            .Select(model => model.GetProperty("id").GetString()!).ToArray();
        using var claim = await worker.CallAsync("claim", new { name = "w/1", version = "0.1.0", engine = "test", models });
        var lease = await claim.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var input = JsonDocument.Parse(lease.GetProperty("input").GetString()!).RootElement;
        Assert.Equal(0, input.GetProperty("seed").GetInt64());
    }

    private Task<HttpResponseMessage> CreateAsync(string key, string picture)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/queue/wan22-fast-i2v")
        {
            Content = JsonContent.Create(new { prompt = "a boat", data_uri = media.Base64[picture], duration = 0.5 }),
        };
        request.Headers.Add("Idempotency-Key", key);
        return idle.Gateway.Http.SendAsync(request, Cancel);
    }

    private static async Task<string> IdAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;

    private async Task<int> InputsAsync() =>
        (await Stored.FilesInAsync(idle.Data, Cancel)).Count(file => file.Contains("/inputs/", StringComparison.Ordinal));
}
