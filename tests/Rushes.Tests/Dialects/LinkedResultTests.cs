using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rushes.Media;
using Rushes.Server.Settings;
using Rushes.Tests.Scenarios;
using Rushes.Tests.Webhooks;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>The results of kie and Pixazo: exact frames and rates, sound of the same length, the requested quality.</summary>
public sealed class LinkedResultTests(
    LinkedResultTests.WorkingGateway working,
    ScenarioMedia media) : IClassFixture<LinkedResultTests.WorkingGateway>, IClassFixture<ScenarioMedia>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The sound has one second: at 4 frames a second nine more are silence.</summary>
    [Theory]
    [InlineData("""{"num_frames": 40, "frames_per_second": 4}""", 40, 4)]
    [InlineData("""{"num_frames": 44, "frames_per_second": 60}""", 44, 60)]
    [InlineData("""{"num_frames": 40, "frames_per_second": 16, "num_interpolated_frames": 1}""", 79, 32)]
    [InlineData("""{"num_frames": 40, "frames_per_second": 16, "num_interpolated_frames": 1,"""
        + """ "adjust_fps_for_interpolation": false}""", 79, 16)]
    [InlineData("""{"num_frames": 40, "frames_per_second": 60, "num_interpolated_frames": 4}""", 196, 300)]
    public async Task Frames_and_rate_are_exact(string fields, int frames, double rate)
    {
        using var folder = new TempFolder();

        var facts = await VideoProbe.FindAsync(await DownloadAsync(folder, await KieAsync(fields)), Cancel);

        Assert.NotNull(facts);
        Assert.Equal((frames, rate, 832, 480), (facts.Frames, facts.Rate, facts.Width, facts.Height));
        Assert.Equal(frames / rate, facts.Seconds, 0.01);
        Assert.Equal(frames / rate, facts.SoundSeconds, 0.05);
    }

    [Fact]
    public async Task A_sound_sets_the_length_where_frames_are_not_counted()
    {
        using var folder = new TempFolder();

        var facts = await VideoProbe.FindAsync(
            await DownloadAsync(folder, await PixazoAsync("""{"resolution": "580p"}""")), Cancel);

        Assert.NotNull(facts);
        Assert.Equal((16.0, 1024, 576), (facts.Rate, facts.Width, facts.Height));
        Assert.InRange(facts.Seconds, 0.9, 1.1);
        Assert.Equal(facts.Seconds, facts.SoundSeconds, 0.1);
    }

    /// <summary>x264 writes its settings into the stream: subme tells the preset.</summary>
    [Theory]
    [InlineData("low", "fast", "crf=30.0", "subme=0")]
    [InlineData("medium", "balanced", "crf=25.0", "subme=7")]
    [InlineData("high", "balanced", "crf=20.0", "subme=7")]
    [InlineData("maximum", "small", "crf=14.0", "subme=10")]
    public async Task Quality_and_write_mode_reach_the_encoder(string quality, string mode, string crf, string preset)
    {
        using var folder = new TempFolder();

        var path = await DownloadAsync(
            folder, await PixazoAsync($$"""{"video_quality": "{{quality}}", "video_write_mode": "{{mode}}"}"""));

        var bytes = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path, Cancel));
        Assert.Contains($" {crf} ", bytes, StringComparison.Ordinal);
        Assert.Contains($" {preset} ", bytes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_callback_says_what_the_record_says()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(200);
        var body = Body("""{"num_frames": 40, "frames_per_second": 60}""", $", \"callBackUrl\": \"{receiver.Url}\"");
        var id = (await PostAsync("/api/v1/jobs/createTask", body)).GetProperty("data").GetProperty("taskId").GetString()!;

        var received = await receiver.NextAsync();

        using var callback = JsonDocument.Parse(received.Body);
        var record = await working.Gateway.Http.GetFromJsonAsync<JsonElement>($"/api/v1/jobs/recordInfo?taskId={id}", Cancel);
        Assert.Null(new Golden([]).Differs(WithoutLink(record), WithoutLink(callback.RootElement)));
        Assert.Equal("success", callback.RootElement.GetProperty("data").GetProperty("state").GetString());
        using var link = await working.Gateway.Http.GetAsync(LinkOf(callback.RootElement), Cancel);
        Assert.True(link.IsSuccessStatusCode);

        var secret = await working.Gateway.Http.GetFromJsonAsync<JsonElement>("/webhooks/secret", Cancel);
        var signed = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(secret.GetProperty("secret").GetString()!),
            Encoding.UTF8.GetBytes($"{id}.{received.Headers["X-Webhook-Timestamp"]}"));
        Assert.Equal(Convert.ToBase64String(signed), received.Headers["X-Webhook-Signature"]);
        Assert.Contains("webhook-signature", received.Headers.Keys);
    }

    private async Task<string> KieAsync(string fields)
    {
        var made = await PostAsync("/api/v1/jobs/createTask", Body(fields));
        return LinkOf(await Eventually.ReadAsync(
            () => working.Gateway.Http.GetFromJsonAsync<JsonElement>(
                $"/api/v1/jobs/recordInfo?taskId={made.GetProperty("data").GetProperty("taskId")}", Cancel),
            record => record.GetProperty("data").GetProperty("state").GetString() != "waiting",
            Cancel));
    }

    private async Task<string> PixazoAsync(string fields)
    {
        var made = await PostAsync("/wan2.2-s2v/v1/generateSpeechToVideoRequest", Fields(fields));
        var ended = await Eventually.ReadAsync(
            () => PostAsync(
                "/wan2.2-s2v-polling/getStatusSpeechToVideo", $$"""{"requestId": "{{made.GetProperty("request_id")}}"}"""),
            status => status.GetProperty("status").GetString() != "IN_PROGRESS",
            Cancel);
        return ended.GetProperty("video").GetProperty("url").GetString()!;
    }

    private async Task<JsonElement> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await working.Gateway.Http.PostAsync(path, content, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    private string Body(string fields, string more = "") =>
        $$"""{"model": "wan/2-2-a14b-speech-to-video-turbo", "input": {{Fields(fields)}}{{more}}}""";

    private string Fields(string fields) =>
        $$"""{"prompt": "a", "image_url": "{{media.Links["picture_url"]}}", "audio_url": "{{media.Links["sound_url"]}}","""
            + $$""" {{fields[1..]}}""";

    private static string LinkOf(JsonElement record) =>
        JsonElement.Parse(record.GetProperty("data").GetProperty("resultJson").GetString()!)
            .GetProperty("resultUrls")[0]
            .GetString()!;

    /// <summary>Each answer signs a link of its own.</summary>
    private static JsonElement WithoutLink(JsonElement record)
    {
        var json = record.GetRawText();
        return JsonElement.Parse(json.Replace(new Uri(LinkOf(record)).Query, "", StringComparison.Ordinal));
    }

    private async Task<string> DownloadAsync(TempFolder folder, string link)
    {
        await File.WriteAllBytesAsync(folder["result.mp4"], await working.Gateway.Http.GetByteArrayAsync(link, Cancel), Cancel);
        return folder["result.mp4"];
    }

    public sealed class WorkingGateway : IAsyncLifetime
    {
        public TestGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Gateway = await TestGateway.StartAsync(1, default, options: new GatewayOptions { FetchAllow = "127.0.0.0/8" });

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
