using System.Net;
using System.Text;
using System.Text.Json;
using Rushes.Tests.Scenarios;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Invalid requests: their errors, and that nothing is queued.</summary>
public sealed class BadInputTests(
    BadInputTests.IdleGateway idle, ScenarioMedia media) : IClassFixture<BadInputTests.IdleGateway>, IClassFixture<ScenarioMedia>
{
    public static TheoryData<string, string, int, string?> Table() => new()
    {
        { "t2v", "", 400, null },
        { "t2v", "[]", 400, null },
        { "t2v", "\"prompt\"", 400, null },
        { "t2v", "{\"prompt\": \"a\"", 400, null },
        { "t2v", "{\"prompt\": \"a\"} {}", 400, null },
        { "t2v", "{\"prompt\": \"a\", \"prompt\": \"b\"}", 400, null },
        { "t2v", "{}", 400, "prompt" },
        { "t2v", "{\"prompt\": \"\"}", 400, "prompt" },
        { "t2v", "{\"prompt\": \"   \"}", 400, "prompt" },
        { "t2v", "{\"prompt\": \"\\u0000\"}", 400, "prompt" },
        { "t2v", "{\"prompt\": \"\u200b\\u2060 \\n\\ufeff\"}", 400, "prompt" },
        { "t2v", "{\"prompt\": \"\u3164\ufe0f\"}", 400, "prompt" },
        { "t2v", "{\"prompt\": null}", 400, "prompt" },
        { "t2v", "{\"prompt\": 5}", 400, "prompt" },
        { "t2v", "{\"prompt\": \"{{long}}\"}", 400, "prompt" },
        { "t2v", "{\"prompt\": \"a\", \"width\": 500, \"height\": 500}", 400, "width" },
        { "t2v", "{\"prompt\": \"a\", \"width\": 1280, \"height\": 480}", 400, "width" },
        { "t2v", "{\"prompt\": \"a\", \"height\": 1080}", 400, "height" },
        { "t2v", "{\"prompt\": \"a\", \"width\": \"832\"}", 400, "width" },
        { "t2v", "{\"prompt\": \"a\", \"width\": 832.5}", 400, "width" },
        { "t2v", "{\"prompt\": \"a\", \"duration\": 0}", 400, "duration" },
        { "t2v", "{\"prompt\": \"a\", \"duration\": -1}", 400, "duration" },
        { "t2v", "{\"prompt\": \"a\", \"duration\": 8}", 400, "duration" },
        { "t2v", "{\"prompt\": \"a\", \"duration\": \"5\"}", 400, "duration" },
        { "t2v", "{\"prompt\": \"a\", \"duration\": 1e400}", 400, "duration" },
        { "t2v", "{\"prompt\": \"a\", \"duration\": 6, \"width\": 1280, \"height\": 720}", 400, "duration" },
        { "t2v", "{\"prompt\": \"a\", \"duration\": 6, \"width\": 768, \"height\": 768}", 400, "duration" },
        { "t2v", "{\"prompt\": \"a\", \"priority\": 1.5}", 400, "priority" },
        { "t2v", "{\"prompt\": \"a\", \"priority\": 3000000000}", 400, "priority" },
        { "t2v", "{\"prompt\": \"a\", \"priority\": true}", 400, "priority" },
        { "t2v", "{\"prompt\": \"a\", \"seed\": -2}", 400, "seed" },
        { "t2v", "{\"prompt\": \"a\", \"seed\": 99999999999999999999}", 400, "seed" },
        { "t2v", "{\"prompt\": \"a\", \"higher_quality_with_more_steps\": \"yes\"}", 400, "higher_quality_with_more_steps" },
        { "t2v", "{\"prompt\": \"a\", \"new_resolution\": \"big\"}", 400, "new_resolution" },
        { "t2v", "{\"prompt\": \"a\", \"new_resolution\": 10000}", 400, "new_resolution" },
        { "t2v", "{\"prompt\": \"n u d e\"}", 400, "prompt" },
        { "t2v", "{\"prompt\": \"a\", \"enable_safety_checker\": 1}", 400, "enable_safety_checker" },
        { "t2v", "{\"prompt\": \"a\", \"webhook_url\": \"http://10.0.0.1/\"}", 400, "webhook_url" },
        { "t2v", "{\"prompt\": \"a\", \"webhook_url\": 5}", 400, "webhook_url" },
        { "t2v", "{\"prompt\": \"a\", \"webhook_url\": [\"http://127.0.0.1/\"]}", 400, "webhook_url" },
        { "t2v", "{\"prompt\": \"a\", \"duration\": 7.001}", 400, "duration" },
        { "i2v", "{\"prompt\": \"a\"}", 400, "data_uri" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"s3://elsewhere/a.png\"}", 400, "data_uri" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": 7}", 400, "data_uri" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"\"}", 400, "data_uri" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"not base64!\"}", 400, "data_uri" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"{{sound}}\"}", 400, "data_uri" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"{{truncated}}\"}", 400, "data_uri" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"{{html}}\"}", 400, "data_uri" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"{{huge}}\"}", 413, "data_uri" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"{{picture}}\", \"height\": 500}", 400, "height" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"{{picture}}\", \"min_height\": 721}", 400, "min_height" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"{{picture}}\", \"duration\": 6, \"height\": 720}", 400, "duration" },
        { "i2v", "{\"prompt\": \"a\", \"data_uri\": \"{{picture}}\", \"second_image_uri\": \"{{sound}}\"}", 400,
            "second_image_uri" },
        { "s2v", "{\"prompt\": \"a\", \"data_uri\": \"{{picture}}\"}", 400, "audio_uri" },
        { "s2v", "{\"prompt\": \"a\", \"data_uri\": \"{{picture}}\", \"audio_uri\": \"{{click}}\"}", 400, "audio_uri" },
        { "s2v", "{\"prompt\": \"a\", \"data_uri\": \"{{picture}}\", \"audio_uri\": \"{{picture}}\"}", 400, "audio_uri" },
        { "s2v", "{\"prompt\": \"a\", \"data_uri\": \"{{picture}}\", \"audio_uri\": \"{{silent}}\"}", 400, "audio_uri" },
        { "foley", "{\"prompt\": \"a\"}", 400, "data_uri" },
        { "foley", "{\"prompt\": \"a\", \"data_uri\": \"{{sound}}\"}", 400, "data_uri" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Is_rejected_by_name_and_leaves_nothing(string kind, string body, int status, string? field)
    {
        var cancel = TestContext.Current.CancellationToken;
        var model = kind switch
        {
            "t2v" => "wan22-fast-t2v", "i2v" => "wan22-fast-i2v", "s2v" => "wan22-s2v-fast", _ => "hunyuan-foley",
        };

        var (code, text) = await PostAsync($"/queue/{model}", body, cancel);

        Assert.True(status == code, $"{code} {text}");
        Assert.Equal((code, text), await PostAsync($"/queue/{model}?dry_run=true", body, cancel));
        using var error = JsonDocument.Parse(text);
        Assert.Equal(field, error.RootElement.TryGetProperty("field", out var named) ? named.GetString() : null);
        if (field is not null)
            Assert.Contains(field, error.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        await Stored.AssertEmptyAsync(idle.Data, cancel);
        Assert.Equal(
            HttpStatusCode.NotFound, (await idle.Gateway.Http.GetAsync($"/queue/{model}/requests/1/status", cancel)).StatusCode);
    }

    /// <summary>The JSON parser's own messages are not returned.</summary>
    [Theory]
    [InlineData("""{"prompt": "a", "prompt": "b"}""", "The body is not valid JSON: 'prompt' stands twice in one object.")]
    [InlineData("""{"prompt": "a",}""", "The body is not valid JSON: There is a comma behind the last value. (line 1, byte 16)")]
    [InlineData("""{"prompt": "a", "duration": 7.001}""", "duration is 7.001; at 832x480 at most 7 seconds are allowed")]
    [InlineData("""{"prompt": "a", "duration": 1e999}""", "duration is 1e999; send a number of 0.5 or more")]
    public async Task The_message_says_what_was_sent(string body, string message)
    {
        var (_, text) = await PostAsync("/queue/wan22-fast-t2v", body, TestContext.Current.CancellationToken);
        using var error = JsonDocument.Parse(text);
        Assert.Equal(message, error.RootElement.GetProperty("error").GetString());
    }

    private async Task<(int Status, string Body)> PostAsync(string path, string body, CancellationToken cancel)
    {
        using var content = new StringContent(Fill(body), Encoding.UTF8, "application/json");
        using var answer = await idle.Gateway.Http.PostAsync(path, content, cancel);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancel));
    }

    private string Fill(string body)
    {
        var picture = media.Base64["picture"];
        return body
            .Replace("{{long}}", new string('é', 5001), StringComparison.Ordinal)
            .Replace("{{truncated}}", picture[..(picture.Length / 2 / 4 * 4)], StringComparison.Ordinal)
            .Replace(
                "{{html}}", Convert.ToBase64String("<!DOCTYPE html><html><body>Not found</body></html>"u8),
                StringComparison.Ordinal)
            .Replace("{{huge}}", new string('A', 15_000_000), StringComparison.Ordinal)
            .Replace("{{silent}}", Convert.ToBase64String([.. "RIFF"u8, 36, 0, 0, 0, .. "WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0,
            0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0, .. "data"u8, 0, 0, 0, 0]), StringComparison.Ordinal)
            .Replace("{{click}}", Convert.ToBase64String([.. "RIFF"u8, 40, 0, 0, 0, .. "WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0,
            0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0, .. "data"u8, 4, 0, 0, 0, 9, 9, 9, 9]), StringComparison.Ordinal)
            .Replace("{{picture}}", picture, StringComparison.Ordinal)
            .Replace("{{sound}}", media.Base64["sound"], StringComparison.Ordinal);
    }

    public sealed class IdleGateway : IAsyncLifetime
    {
        private readonly TempFolder folder = new();

        public TestGateway Gateway { get; private set; } = null!;

        public string Data => folder.Path;

        public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync(0, default, folder.Path);

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            folder.Dispose();
        }
    }
}
