using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Rules that hold for a create call in each API but Pixazo, which documents no webhooks and no dry runs.</summary>
public sealed class EveryApiTests(BadInputTests.IdleGateway idle) : IClassFixture<BadInputTests.IdleGateway>
{
    private const string Inside = "http://169.254.169.254/latest/meta-data";

    private static readonly Dictionary<string, Api> Apis = new()
    {
        ["queue"] = new(
            "/queue/wan22-fast-t2v", """{"prompt": "a"}""", "webhook_url", "/queue/wan22-fast-i2v",
            """{"prompt": "a", "data_uri": "{url}"}""", "data_uri"),
        ["fal"] = new(
            "/fal-ai/wan/v2.2-a14b/text-to-video", """{"prompt": "a"}""", null, "/fal-ai/wan/v2.2-a14b/image-to-video",
            """{"prompt": "a", "image_url": "{url}"}""", "image_url"),
        ["kie"] = new(
            "/api/v1/jobs/createTask", """{"model": "wan/2-2-a14b-text-to-video-turbo", "input": {"prompt": "a"}}""",
            "callBackUrl", "/api/v1/jobs/createTask",
            """{"model": "wan/2-2-a14b-image-to-video-turbo", "input": {"prompt": "a", "image_url": "{url}"}}""", "image_url"),
        ["OpenAI"] = new(
            "/v1/videos", """{"model": "wan22-fast-t2v", "prompt": "a"}""", "webhook_url", "/v1/videos",
            """{"model": "wan22-fast-i2v", "prompt": "a", "input_reference": {"image_url": "{url}"}}""", "input_reference"),
        ["Replicate"] = new(
            "/v1/deployments/rushes/wan22-fast-t2v/predictions", """{"input": {"prompt": "a"}}""", "webhook",
            "/v1/predictions", """{"version": "rushes/wan22-fast-i2v", "input": {"prompt": "a", "image": "{url}"}}""", "image"),
        ["OpenRouter"] = new(
            "/api/v1/videos", """{"model": "rushes/wan22-fast-t2v", "prompt": "a"}""", "callback_url", "/api/v1/videos",
            """
            {"model": "rushes/wan22-fast-i2v", "prompt": "a",
              "frame_images": [{"type": "image_url", "image_url": {"url": "{url}"}, "frame_type": "first_frame"}]}
            """, "first_frame"),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names() => [.. Apis.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_url_of_the_private_network_is_rejected_by_its_field_and_nothing_is_stored(string name)
    {
        var api = Apis[name];
        var before = await JobsAsync();

        var picture = api.PictureBody.Replace("{url}", Inside, StringComparison.Ordinal);
        var (isTaken, text) = await PostAsync(api, api.PicturePath, picture);
        Assert.False(isTaken, text);
        Assert.Contains(api.PictureField, text, StringComparison.Ordinal);

        var path = api.WebhookField is null ? $"{api.Path}?fal_webhook={Uri.EscapeDataString(Inside)}" : api.Path;
        var body = JsonNode.Parse(api.Body)!.AsObject();
        if (api.WebhookField is not null) body[api.WebhookField] = Inside;
        (isTaken, text) = await PostAsync(api, path, body.ToJsonString());
        Assert.False(isTaken, text);
        Assert.Contains(api.WebhookField ?? "fal_webhook", text, StringComparison.Ordinal);

        Assert.Equal(before, await JobsAsync());
        await Stored.AssertEmptyAsync(idle.Data, Cancel);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_dry_run_makes_no_job_and_a_repeated_request_makes_one(string name)
    {
        var api = Apis[name];
        var before = await JobsAsync();
        var (isTaken, text) = await PostAsync(api, $"{api.Path}?dry_run=true", api.Body);
        Assert.True(isTaken, text);
        Assert.Equal(before, await JobsAsync());

        var first = await PostAsync(api, api.Path, api.Body, key: name);
        var second = await PostAsync(api, api.Path, api.Body, key: name);
        Assert.True(first.IsTaken && second.IsTaken, first.Text + second.Text);
        Assert.Equal(before + 1, await JobsAsync());

        var other = await PostAsync(api, api.Path, api.Body.Replace("\"a\"", "\"b\"", StringComparison.Ordinal), key: name);
        Assert.False(other.IsTaken, other.Text);
        Assert.Contains("Idempotency-Key", other.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before + 1, await JobsAsync());
    }

    private async Task<int> JobsAsync() =>
        (await idle.Gateway.Http.GetFromJsonAsync<JsonElement>("/jobs?limit=100", Cancel)).GetProperty("jobs").GetArrayLength();

    /// <summary>Whether a job was or would be made; the kie API answers 200 with the status inside.</summary>
    private async Task<(bool IsTaken, string Text)> PostAsync(Api api, string path, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (api == Apis["fal"]) request.Headers.Authorization = new("Key", TestGateway.Key);
        using var answer = await idle.Gateway.Http.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.InRange(answer.StatusCode, HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity);
        var code = JsonNode.Parse(text) is JsonObject json && json["code"] is JsonValue value ? value.ToString() : "200";
        return (answer.IsSuccessStatusCode && code == "200", text);
    }

    /// <param name="Body">A text to video.</param>
    /// <param name="WebhookField">Null: it is the parameter <c>fal_webhook</c> of the query.</param>
    private sealed record Api(
        string Path, string Body, string? WebhookField, string PicturePath, string PictureBody, string PictureField);
}
