using System.Net;
using System.Text;
using System.Text.Json;
using Rushes.Intake;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

public sealed class JobTimeoutTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    /// <summary>A call of each API that creates a job.</summary>
    public static TheoryData<string, string> Creates() => new()
    {
        { "/queue/wan22-fast-t2v", """{"prompt": "a"}""" },
        { "/fal-ai/wan/v2.2-a14b/text-to-video", """{"prompt": "a"}""" },
        { "/api/v1/jobs/createTask", """{"model": "wan/2-2-a14b-text-to-video-turbo", "input": {"prompt": "a"}}""" },
        {
            "/wan2.2-s2v/v1/generateSpeechToVideoRequest",
            """{"prompt": "a", "image_url": "{{portrait}}", "audio_url": "{{sound}}"}"""
        },
        { "/v1/videos", """{"model": "wan22-fast-t2v", "prompt": "a"}""" },
        { "/v1/models/rushes/wan22-fast-t2v/predictions", """{"input": {"prompt": "a"}}""" },
        { "/api/v1/videos", """{"model": "rushes/wan22-fast-t2v", "prompt": "a"}""" },
    };

    [Theory]
    [InlineData("90", 90)]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1h30m45s", 5445)]
    [InlineData("720h", 2_592_000)]
    [InlineData("0", null)]
    [InlineData("721h", null)]
    [InlineData("-5", null)]
    [InlineData("1.5", null)]
    [InlineData("5m90", null)]
    [InlineData("s", null)]
    [InlineData("9999999h9999999h", null)]
    [InlineData("٣s", null)]
    public void A_timeout_is_seconds_or_a_duration(string sent, int? seconds) =>
        Assert.Equal(seconds, new JobTimeout("Job-Timeout", sent).Value?.TotalSeconds);

    [Theory]
    [MemberData(nameof(Creates))]
    public async Task Every_API_ends_a_job_at_its_deadline_and_rejects_what_is_not_a_duration(string path, string body)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var gateway = await TestGateway.StartAsync(0, cancel);
        foreach (var (name, base64) in media.Base64) body = body.Replace($"{{{{{name}}}}}", base64, StringComparison.Ordinal);
        var (rejected, why) = await CreateAsync("soon");
        // kie answers every call with 200 and has the status in the body.
        Assert.True(
            rejected is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity
                || why.Contains("\"code\":422", StringComparison.Ordinal),
            why);
        Assert.Contains("Job-Timeout is ", why, StringComparison.Ordinal);

        await CreateAsync("1s");
        var ended = await Eventually.ReadAsync(LastAsync, job => job.GetProperty("status").GetString() != "IN_QUEUE", cancel);
        Assert.Equal("deadline_exceeded", ended.GetProperty("error_code").GetString());

        async Task<(HttpStatusCode, string)> CreateAsync(string timeout)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("Job-Timeout", timeout);
            using var response = await gateway.Http.SendAsync(request, cancel);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(cancel));
        }

        async Task<JsonElement> LastAsync()
        {
            using var list = JsonDocument.Parse(await gateway.Http.GetStringAsync("/jobs", cancel));
            return list.RootElement.GetProperty("jobs")[0].Clone();
        }
    }
}
