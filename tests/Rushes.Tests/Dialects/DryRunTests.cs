using System.Net;
using System.Text;
using System.Text.Json;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>A dry run previews a request of every kind and stores nothing.</summary>
public sealed class DryRunTests(ScenarioMedia media) : IClassFixture<ScenarioMedia>
{
    public static TheoryData<string, string, string> Table() => new()
    {
        { "wan22-fast-t2v", "{\"prompt\": \"a\", \"width\": 512, \"duration\": 2}", "512x512, 32 frames, 0.25" },
        { "wan22-fast-t2v", "{\"prompt\": \"a\", \"duration\": 6, \"new_resolution\": 240}", "416x240, 96 frames, 0.5" },
        { "wan22-fast-i2v", "{\"prompt\": \"a\", \"data_uri\": \"{{picture}}\", \"second_image_uri\": \"{{portrait}}\"}",
            "854x480, 80 frames, 0.25" },
        { "wan22-s2v-fast", "{\"prompt\": \"a\", \"data_uri\": \"{{portrait}}\", \"audio_uri\": \"{{sound}}\", \"height\": 720}",
            "406x720, 16 frames, 1.25" },
        { "hunyuan-foley", "{\"data_uri\": \"{{clip}}\"}", "160x90, 16 frames, 0.1" },
        { "hunyuan-foley", "{\"data_uri\": \"{{picture}}\", \"duration\": 12}", "854x480, 192 frames, 0.3" },
    };

    /// <summary>The same frames cost the same, whatever their rate.</summary>
    [Theory]
    [InlineData("fal-ai/wan/v2.2-a14b/text-to-video", """{"prompt": "a", "num_frames": 161, "frames_per_second": RATE}""", 1.5)]
    [InlineData("fal-ai/wan/v2.2-a14b/text-to-video", """{"prompt": "a", "num_frames": 80, "frames_per_second": RATE}""", 0.5)]
    [InlineData("queue/mine",
        """{"prompt": "a", "num_frames": 80, "frames_per_second": RATE, "num_interpolated_frames": 3}""", 0.625)]
    public async Task A_price_follows_the_frames_that_are_drawn(string model, string body, double price)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["catalog.json"], """
            {"families": {"mine": {
              "like": "wan22-fast-t2v", "interpolationFactor": 1.5, "models": {"mine": {"tier": "fast"}},
              "parameters": {
                "prompt": {}, "num_frames": {"type": "integer"}, "frames_per_second": {"type": "integer"},
                "num_interpolated_frames": {"type": "integer"}
              }
            }}}
            """, cancel);
        await using var gateway = await TestGateway.StartAsync(0, cancel, folder.Path);
        foreach (var rate in (string[])["4", "16", "60"])
        {
            using var content = new StringContent(
                body.Replace("RATE", rate, StringComparison.Ordinal), Encoding.UTF8, "application/json");
            using var response = await gateway.Http.PostAsync($"/{model}?dry_run=true", content, cancel);
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancel));
            Assert.Equal((rate, price), (rate, answer.RootElement.GetProperty("price").GetProperty("amount").GetDouble()));
        }
    }

    /// <summary>Whether the API lists the field or not: engines read it.</summary>
    [Theory]
    [InlineData("queue/mine")]
    [InlineData("queue/bare")]
    [InlineData("fal-ai/mine")]
    public async Task A_price_follows_the_steps_that_are_drawn(string model)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["catalog.json"], """
            {
              "families": {
                "mine": {
                  "like": "wan22-fast-t2v", "higherQualityFactor": 3, "includedSteps": 10, "models": {"mine": {"tier": "fast"}}
                },
                "bare": {"like": "mine", "models": {"bare": {"tier": "fast"}}, "parameters": {"prompt": {}}}
              },
              "listings": {"fal": {"fal-ai/mine": {"model": "mine", "parameters": {"prompt": {"required": true}}}}}
            }
            """, cancel);
        await using var gateway = await TestGateway.StartAsync(0, cancel, folder.Path);

        var (price, seconds) = await RunAsync("\"x\": 1");
        Assert.Equal((price * 3, seconds * 3), await RunAsync("\"higher_quality_with_more_steps\": true"));
        Assert.Equal((price * 2, seconds * 2), await RunAsync("\"num_inference_steps\": 20"));
        Assert.Equal(
            (price * 2, seconds * 2), await RunAsync("\"num_inference_steps\": 20, \"higher_quality_with_more_steps\": true"));
        Assert.Equal((price, seconds / 2), await RunAsync("\"num_inference_steps\": 5"));
        Assert.Equal((price, seconds), await RunAsync("\"num_inference_steps\": \"many\""));

        async Task<(double Price, double Seconds)> RunAsync(string more)
        {
            using var content = new StringContent($$"""{"prompt": "a", {{more}}}""", Encoding.UTF8, "application/json");
            using var response = await gateway.Http.PostAsync($"/{model}?dry_run=true", content, cancel);
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancel));
            return (
                answer.RootElement.GetProperty("price").GetProperty("amount").GetDouble(),
                answer.RootElement.GetProperty("estimated_total_time_seconds").GetDouble());
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Every_kind_is_told_and_nothing_is_left(string model, string body, string received)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, cancel, folder.Path);
        foreach (var (name, base64) in media.Base64) body = body.Replace($"{{{{{name}}}}}", base64, StringComparison.Ordinal);

        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await gateway.Http.PostAsync($"/queue/{model}?dry_run=true", content, cancel);
        var text = await response.Content.ReadAsStringAsync(cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);

        using var answer = JsonDocument.Parse(text);
        var video = answer.RootElement.GetProperty("video");
        Assert.Equal(
            received,
            $"{video.GetProperty("width")}x{video.GetProperty("height")}, {video.GetProperty("frames")} frames, "
                + $"{answer.RootElement.GetProperty("price").GetProperty("amount")}");
        Assert.False(answer.RootElement.GetProperty("price").GetProperty("charged").GetBoolean());
        foreach (var field in answer.RootElement.GetProperty("input").EnumerateObject()
            .Where(field => field.Name.EndsWith("_uri", StringComparison.Ordinal)))
            Assert.Contains('/', field.Value.GetProperty("type").GetString()!);
        await Stored.AssertEmptyAsync(folder.Path, cancel);
        Assert.Equal(
            HttpStatusCode.NotFound, (await gateway.Http.GetAsync($"/queue/{model}/requests/1/status", cancel)).StatusCode);
    }
}
